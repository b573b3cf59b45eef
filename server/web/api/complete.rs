//! What every call of the OpenAPI document has in common, and no handler says: which token it takes, and what it answers
//! when it cannot do what was asked. Made of the guard's table, so that the two cannot differ.

use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, OpenApi, Ref};

use crate::actions::{Right, Scope};
use crate::web::guard::{self, Need};

/// The name of the one way to say who asks.
const TOKEN: &str = "token";

/// Adds security and the answer for everything else to every call.
pub(super) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    let about = "An API token of Signpost, made by `signpost token create` or on the page Tokens; the names in a call's list are scopes, of which the token needs one.";
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let scheme = SecurityScheme::Http(scheme.description(Some(about)).build());
    components.add_security_scheme(TOKEN, scheme);
    for (route, item) in &mut document.paths.paths {
        let entry = guard::entry(route);
        for (method, operation) in operations(item) {
            let need = entry.map(|entry| match method {
                HttpMethod::Get | HttpMethod::Head => entry.read,
                _ => entry.change,
            });
            operation.security = need.and_then(security);
            if need.is_some_and(|need| !matches!(need, Need::Open)) {
                let otherwise = otherwise();
                operation
                    .responses
                    .responses
                    .insert("default".to_owned(), otherwise.into());
            }
        }
    }
}

/// The calls of a path.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let all = [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)))
}

/// The scopes that give the right; none is needed where everyone may have it.
fn security(need: Need) -> Option<Vec<SecurityRequirement>> {
    let Need::Right(right) = need else {
        return None;
    };
    let scopes = Scope::ALL.into_iter();
    let scopes = scopes.filter(|scope| scope.rights().contains(&right));
    let scopes = scopes.map(Scope::name).collect::<Vec<_>>();
    let token = SecurityRequirement::new(TOKEN, scopes);
    let mut ways = vec![token];
    if Right::EVERYONE.contains(&right) {
        ways.push(SecurityRequirement::default());
    }
    Some(ways)
}

fn otherwise() -> utoipa::openapi::Response {
    let about = "It cannot be done: the request is malformed (400), nobody is signed in (401), the right is missing (403), the body is too large (413) or of another type (415), there are too many requests (429, 503 with `Retry-After`), or the server has failed (500).";
    let body = Content::new(Some(Ref::from_schema_name("ProblemBody")));
    ResponseBuilder::new()
        .description(about)
        .content("application/problem+json", body)
        .build()
}
