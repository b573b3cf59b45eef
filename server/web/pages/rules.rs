//! All rules by product, and rules by words.

use askama::Template;

use super::{Frame, words};
use crate::evidence::codes;
use crate::rules::search::{Snippet, WordHit};
use crate::rules::{Release, Rule};
use crate::web::markdown;
use crate::web::paths;

/// One rule in a list.
#[derive(Debug, Clone)]
pub(crate) struct RuleRow {
    id: String,
    title: String,
    href: String,
    product: String,
    severity: words::Sign,
    /// Everything that the filter looks at, in small letters.
    words: String,
}

/// One product's rules.
#[derive(Debug, Clone)]
pub(crate) struct ProductRules {
    name: String,
    id: String,
    rules: Vec<RuleRow>,
}

/// All rules.
#[derive(Template)]
#[template(path = "rules/index.html")]
pub(crate) struct RulesPage {
    frame: Frame,
    action: &'static str,
    query: String,
    shown: usize,
    products: Vec<ProductRules>,
}

/// What a search found.
#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchPage {
    frame: Frame,
    query: String,
    code: Option<(String, String)>,
    rules: Vec<FoundRow>,
}

/// A rule that a search found, its words marked.
#[derive(Debug, Clone)]
pub(crate) struct FoundRow {
    href: String,
    start: String,
    /// The title as a label for who hears the page.
    name: String,
    title: Snippet,
    product: String,
    summary: Snippet,
}

impl RulesPage {
    /// The rules that hold every word of `query`.
    pub(crate) fn new(release: &Release, query: &str) -> Self {
        let rows = matching(release, query);
        let shown = rows.len();
        let known = release
            .products
            .iter()
            .map(|product| (product.id.to_string(), product.name.clone()));
        let mut products = known
            .map(|(id, name)| ProductRules {
                rules: rows
                    .iter()
                    .filter(|row| row.product == name)
                    .cloned()
                    .collect(),
                name,
                id,
            })
            .collect::<Vec<_>>();
        let listed = |row: &RuleRow| products.iter().any(|product| product.name == row.product);
        let others = rows
            .iter()
            .filter(|row| !listed(row))
            .cloned()
            .collect::<Vec<_>>();
        products.push(ProductRules {
            name: "Other".to_owned(),
            id: "other".to_owned(),
            rules: others,
        });
        products.retain(|product| !product.rules.is_empty());
        Self {
            frame: Frame::new("Rules", release),
            action: paths::RULES,
            query: query.to_owned(),
            shown,
            products,
        }
    }
}

impl SearchPage {
    /// The rules near `query`, best first, and the code that it spells.
    pub(crate) fn new(release: &Release, query: &str) -> Self {
        let query = query.trim();
        let code = codes::parse(query).into_iter().next().map(|code| {
            let described = codes::describe(&code);
            let name = described.symbol.unwrap_or(words::space(code.space));
            (paths::code(query), name.to_owned())
        });
        let near = release.search(query, 50).into_iter();
        let rules = near.filter_map(|hit| found(release, &hit));
        Self {
            frame: Frame {
                query: query.to_owned(),
                ..Frame::new("Search", release)
            },
            query: query.to_owned(),
            code,
            rules: rules.collect(),
        }
    }
}

fn found(release: &Release, hit: &WordHit<'_>) -> Option<FoundRow> {
    let file = &release.rule(hit.rule.as_str())?.file;
    Some(FoundRow {
        href: paths::rule(file.id.as_str()),
        start: paths::rule_start(file.id.as_str()),
        name: file.title.clone(),
        title: Snippet::of(&file.title, &hit.words, usize::MAX),
        product: release.product_name(&file.product).to_owned(),
        summary: Snippet::of(&markdown::plain(&file.cause), &hit.words, 160),
    })
}

/// Rules that hold every word, those with the words in their titles first.
fn matching(release: &Release, query: &str) -> Vec<RuleRow> {
    let query = query.to_lowercase();
    let asked = query.split_whitespace().take(12).collect::<Vec<_>>();
    let rows = release.rules.values().map(|rule| row(release, rule));
    let mut rows = rows
        .filter(|row| asked.iter().all(|word| row.words.contains(word)))
        .collect::<Vec<_>>();
    let in_title = |row: &RuleRow| {
        let title = row.title.to_lowercase();
        asked.iter().filter(|word| title.contains(**word)).count()
    };
    rows.sort_by_key(|row| std::cmp::Reverse(in_title(row)));
    rows
}

fn row(release: &Release, rule: &Rule) -> RuleRow {
    let file = &rule.file;
    let product = release.product_name(&file.product).to_owned();
    let mut seen = Vec::new();
    super::recognise::leaves(&file.matcher, &mut |leaf| {
        seen.extend(leaf.code.clone());
        seen.extend(leaf.phrase.clone());
    });
    let cause = markdown::plain(&file.cause);
    let words = format!(
        "{} {} {product} {} {cause}",
        file.title,
        file.id,
        seen.join(" ")
    );
    RuleRow {
        id: file.id.to_string(),
        title: file.title.clone(),
        href: paths::rule(file.id.as_str()),
        product,
        severity: words::severity(file.severity),
        words: words::cut(&words.to_lowercase(), 600),
    }
}
