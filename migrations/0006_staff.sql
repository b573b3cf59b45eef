-- Who works on a case, and the products of the rules that were found in it, each between spaces.
ALTER TABLE cases ADD COLUMN claimed_by TEXT;
ALTER TABLE cases ADD COLUMN products TEXT NOT NULL DEFAULT '';
