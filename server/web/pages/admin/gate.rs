//! The gate's report as pages show it: what is wrong with the rules, the measures, what became of the stored cases.

use super::proposal::sign;
use crate::actions::releases::GateReport;
use crate::rules::evaluate::{Miss, Share};
use crate::rules::inspect::Measure;
use crate::web::pages::words::{self, Sign};

/// The gate's report.
#[derive(Debug, Clone)]
pub(crate) struct GateView {
    pub(crate) sign: Sign,
    pub(crate) summary: String,
    pub(crate) remarks: Vec<RemarkLine>,
    pub(crate) more: usize,
    pub(crate) rows: String,
    pub(crate) measures: Vec<MeasureLine>,
    pub(crate) measures_failed: bool,
    pub(crate) lost: Vec<LostLine>,
    pub(crate) replay: String,
    pub(crate) notes: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct RemarkLine {
    pub(crate) sign: Sign,
    pub(crate) place: String,
    /// Where it is mended; empty where that is not known.
    pub(crate) href: String,
    pub(crate) what: String,
}

#[derive(Debug, Clone)]
pub(crate) struct MeasureLine {
    pub(crate) name: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) least: String,
    pub(crate) sign: Sign,
}

#[derive(Debug, Clone)]
pub(crate) struct LostLine {
    pub(crate) text: String,
    pub(crate) want: String,
    pub(crate) got: String,
}

/// The gate's report as pages show it, with where each file of a draft is edited.
pub(super) fn gate_view(report: &GateReport, editors: &[(String, String)]) -> GateView {
    let inspection = &report.inspection;
    let stops = inspection.remarks.iter().filter(|remark| remark.stops);
    let remarks = inspection.remarks.iter().map(|remark| RemarkLine {
        sign: if remark.stops {
            sign("stop", "bad", "stops it")
        } else {
            sign("warning", "mind", "to mind")
        },
        place: if remark.field.is_empty() {
            format!("{}:{}", remark.file, remark.line)
        } else {
            format!("{}:{} {}", remark.file, remark.line, remark.field)
        },
        href: editors
            .iter()
            .find(|(file, _)| *file == remark.file)
            .map_or_else(String::new, |(_, href)| href.clone()),
        what: remark.what.clone(),
    });
    let evaluation = inspection.evaluation.as_ref();
    let measures = evaluation.map_or(&[][..], |evaluation| &evaluation.measures);
    let lost = evaluation.map_or(&[][..], |evaluation| &evaluation.lost);
    let passed = inspection.passed();
    GateView {
        sign: if passed {
            sign("check", "good", "The rules passed")
        } else {
            sign("stop", "bad", "The rules did not pass")
        },
        summary: format!(
            "{}, on release {}, {}",
            words::count(inspection.rules, "rule"),
            inspection.base,
            match stops.count() {
                0 => "nothing stops them".to_owned(),
                count => format!("{} to mend", words::count(count, "thing")),
            }
        ),
        remarks: remarks.collect(),
        more: inspection.more_remarks,
        rows: evaluation.map_or_else(String::new, |evaluation| {
            format!(
                "{} judged, {} left out that ask for rules which are not in both",
                words::grouped(evaluation.rows),
                words::grouped(evaluation.left_out)
            )
        }),
        measures: measures.iter().map(measure_line).collect(),
        measures_failed: measures.iter().any(|measure| !measure.passed),
        lost: lost.iter().map(lost_line).collect(),
        replay: report.replay.map_or_else(String::new, |replay| {
            let number = |number: i64| words::grouped(usize::try_from(number).unwrap_or_default());
            format!(
                "Stored cases judged again: {}. Judged otherwise: {}, of which {} are accepted. Could not be read back: {}.",
                number(replay.cases),
                number(replay.changed),
                number(replay.accepted),
                number(replay.unread)
            )
        }),
        notes: inspection.notes.clone(),
    }
}

fn measure_line(measure: &Measure) -> MeasureLine {
    let share = |share: Share| format!("{} of {}", share.right, share.of);
    MeasureLine {
        name: measure.name.clone(),
        before: share(measure.before),
        after: share(measure.after),
        least: format!("{:.0} %", measure.least * 100.0),
        sign: if measure.passed {
            sign("check", "good", "yes")
        } else {
            sign("cross", "bad", "no")
        },
    }
}

fn lost_line(miss: &Miss) -> LostLine {
    let named = |rules: &[String]| {
        if rules.is_empty() {
            "nothing".to_owned()
        } else {
            rules.join(", ")
        }
    };
    LostLine {
        text: miss.text.clone(),
        want: named(&miss.want),
        got: named(&miss.got),
    }
}
