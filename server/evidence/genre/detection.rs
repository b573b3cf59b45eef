//! A rule by which a SIEM detects something, or a search of one: both name the errors that they look for.
//!
//! ```text
//! logsource: { product: windows, service: security }
//! detection:
//!   selection: { EventID: 4625, SubStatus: '0xC0000072' }
//! falsepositives: [ Somebody who left ]
//!
//! EventCode=4776 Status=0xc0000064 | bucket span=5m _time | stats dc(TargetUserName)
//! ```
//!
//! Keys: Sigma <https://sigmahq.io/docs/basics/rules.html>, Elastic <https://github.com/elastic/detection-rules>,
//! Splunk's content <https://github.com/splunk/security_content>, Sentinel <https://learn.microsoft.com/azure/sentinel/sentinel-analytic-rules-creation>,
//! Wazuh <https://documentation.wazuh.com/current/user-manual/ruleset/ruleset-xml-syntax/rules.html>.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::evidence::mention::{pattern, says};
use crate::evidence::pattern::Pattern;

use super::Lines;

/// So many keys of such a rule are no chance.
const KEYS: usize = 3;

/// A key at the beginning of a line, as files of rules have it: what a SIEM reports is JSON, whose keys are quoted.
static KEY: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?m: ^ ) [\ \t]* (?: - \s )? (?P<key>
            (?: meta | events | strings | outcome | match | condition ) \s* : [\ \t\r]* (?m: $ ) | condition \s* : [^\n]* \b (?: selection\w* | filter\w* | all\ of | \d\ of ) \b
          | (?: detection | logsource | falsepositives | selection\w* | timeframe | correlation
              | how_to_implement | known_false_positives | drilldown_searches | data_source | analytic_story
              | queryfrequency | queryperiod | triggeroperator | triggerthreshold | relevanttechniques | requireddataconnectors ) (?: \s* : )
          | (?: false_positives | risk_score | rule_id | severity_mapping | min_stack_version ) (?: \s* = \s )
          | language \s* = \s* ["'] (?: kuery | lucene | eql | esql ) ["']
          | < (?: if_sid | if_group | if_matched_sid ) > | < rule \s id = [^<>]* level = | < field \s name =
        )"#,
    )
});

/// The stages of a search.
static PIPELINE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\| \s* (?: where | search | summarize | project | extend | stats | tstats | eventstats | streamstats | eval | rex | bucket | bin | dedup | timechart | chart | table | sort | top | rare | fields | filter | parse | count\ by ) \s",
    )
});

/// Whether the error stands in a rule that looks for it.
pub(super) fn is_rule(lines: &Lines<'_>) -> bool {
    let Some(key) = KEY.as_ref() else {
        return false;
    };
    let keys = key.captures_iter(lines.around).filter_map(|found| {
        let key = found.name("key")?.as_str();
        let name = key.split([' ', ':', '=']).next()?;
        Some(name.to_lowercase())
    });
    keys.collect::<BTreeSet<_>>().len() >= KEYS
}

/// Whether a line searches: what stands in it did not happen.
pub fn is_search(line: &str) -> bool {
    says(&PIPELINE, line)
}

#[cfg(test)]
mod tests {
    use super::super::only_names_errors;
    use super::*;

    fn names(text: &str, error: &str) -> bool {
        let start = text.find(error).unwrap();
        only_names_errors(text, &(0..text.len()), &(start..start + error.len()))
    }

    #[test]
    fn a_rule_of_a_siem_names_what_it_looks_for() {
        let sigma = "title: Disabled accounts\nstatus: test\nlogsource:\n    product: windows\n\ndetection:\n    selection:\n        SubStatus:\n            - '0xC0000072'\n            - '0xC000006F'\n    condition: selection\nfalsepositives:\n    - somebody who left\n";
        assert!(names(sigma, "0xC0000072"));
        let elastic = format!(
            "[rule]\nfalse_positives = [\"none\"]\nlanguage = \"kuery\"\nnote = \"\"\"{}\n\nThe error code `50053` says so: AADSTS50053\n\"\"\"\nrisk_score = 47\n",
            "A long note about what to do. ".repeat(20)
        );
        assert!(names(&elastic, "AADSTS50053"));
        let wazuh = "<rule id=\"100201\" level=\"5\">\n  <if_sid>60122</if_sid>\n  <if_group>windows</if_group>\n  <field name=\"win.eventdata.subStatus\">0xC0000072</field>\n</rule>\n";
        assert!(names(wazuh, "0xC0000072"));
    }

    #[test]
    fn what_a_siem_reports_happened() {
        let alert = "{\n  \"rule\": { \"id\": \"60122\", \"level\": 5, \"description\": \"Logon failure\" },\n  \"detection\": \"windows\",\n  \"events\": 1,\n  \"match\": \"x\",\n  \"subStatus\": \"0xC0000072\"\n}";
        assert!(!names(alert, "0xC0000072"));
        let run = "condition: the robot was started at 06:00\noutcome: failed with 0xC0000072";
        assert!(!names(run, "0xC0000072"));
    }

    #[test]
    fn a_search_has_stages_and_a_record_has_none() {
        assert!(is_search(
            "EventCode=4776 Status=0xc0000064 | bucket span=5m _time | stats dc(user) by _time"
        ));
        assert!(!is_search(
            "EventCode=4776|Status=0xc0000064|Host=RPA-VM-07"
        ));
        assert!(!is_search("| 4776 | 0xc0000064 | tables in the hall |"));
    }
}
