-- Where the evidence of a case went that turned out to be another's.
ALTER TABLE tombstones ADD COLUMN merged_into TEXT;
