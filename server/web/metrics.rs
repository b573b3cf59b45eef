//! What is counted, in the format that Prometheus reads.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::actions::Stage;
use crate::rules::Verdict;

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    verdicts: Family<VerdictLabels, Counter>,
    diagnosed: Counter,
    unmatched: Counter,
    read: Histogram,
    classify: Histogram,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabels {
    verdict: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("signpost");
        let requests = Family::default();
        let verdicts = Family::default();
        let seconds: Family<RouteLabels, Histogram> =
            Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 3.0, 10)));
        let short = || Histogram::new(exponential_buckets(0.0001, 4.0, 9));
        let (read, classify) = (short(), short());
        registry.register("read_seconds", "Time to read a submission", read.clone());
        registry.register(
            "classify_seconds",
            "Time to judge what was read",
            classify.clone(),
        );
        let (diagnosed, unmatched) = (Counter::default(), Counter::default());
        registry.register("requests", "Requests answered", requests.clone());
        registry.register(
            "request_seconds",
            "Time to answer, by route",
            seconds.clone(),
        );
        registry.register(
            "verdicts",
            "Submissions judged, by verdict",
            verdicts.clone(),
        );
        registry.register("diagnosed", "Submissions judged", diagnosed.clone());
        registry.register(
            "unmatched",
            "Submissions that no rule knew",
            unmatched.clone(),
        );
        Self {
            registry,
            requests,
            seconds,
            verdicts,
            diagnosed,
            unmatched,
            read,
            classify,
        }
    }
}

impl Metrics {
    /// Counts a request. `route` is the pattern, never the address.
    pub fn request(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let route = route.to_owned();
        self.requests
            .get_or_create(&RequestLabels {
                method: method.to_owned(),
                route: route.clone(),
                status,
            })
            .inc();
        self.seconds
            .get_or_create(&RouteLabels { route })
            .observe(seconds);
    }

    /// Counts how long a stage of a diagnosis took.
    pub fn stage(&self, stage: Stage, seconds: f64) {
        match stage {
            Stage::Read => self.read.observe(seconds),
            Stage::Classify => self.classify.observe(seconds),
        }
    }

    /// Counts a verdict.
    pub fn verdict(&self, verdict: Verdict) {
        let name = serde_json::to_value(verdict).ok();
        let name = name.as_ref().and_then(serde_json::Value::as_str);
        let verdict_name = name.unwrap_or_default().to_owned();
        self.verdicts
            .get_or_create(&VerdictLabels {
                verdict: verdict_name,
            })
            .inc();
        self.diagnosed.inc();
        if verdict == Verdict::Unmatched {
            self.unmatched.inc();
        }
    }

    /// All of it as text.
    pub fn encode(&self) -> String {
        let mut encoded = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut encoded, &self.registry);
        encoded
    }
}
