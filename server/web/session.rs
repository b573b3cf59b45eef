//! Who asks: a signed-in browser by its cookie, a program by its token, anybody else by what this server allows all.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::error::{Problem, faces_of};
use super::state::{AppState, Site};
use crate::actions::accounts::{Client, session_caller, token_caller};
use crate::actions::{Caller, Right};
use crate::store::{Actor, Via};

/// The session's cookie where the server is reached over https, which browsers then hold to this host alone.
const SECURE: &str = "__Host-signpost";
/// The same over plain http, as on one's own machine.
const PLAIN: &str = "signpost";

tokio::task_local! {
    /// Whom the page is for that is being made. The frame of a page shows it; nothing is decided by it.
    static VIEWER: Viewer;
}

/// Whom a page is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Viewer {
    /// The account, when somebody signed in.
    pub(crate) name: Option<String>,
    rights: Vec<Right>,
}

/// The session that a request came with.
#[derive(Debug, Clone)]
pub(crate) struct Session(pub(crate) String);

impl Viewer {
    /// Whom the page is for that is being made.
    pub(crate) fn present() -> Self {
        VIEWER.try_with(Clone::clone).unwrap_or_default()
    }

    /// Whether this is their account's name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }

    /// Whether they may; for showing what leads there.
    pub(crate) fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

/// Finds out who asks. A token that is not good is refused; a session that is over is nobody's.
pub(super) async fn identify(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let face = faces_of(&request);
    let address = client_address(&request, &state.site).map(|address| address.to_string());
    let (caller, session) = match found(&state, request.headers().clone(), address).await {
        Ok(found) => found,
        Err(problem) => {
            if let Problem::Ours(cause) = &problem {
                tracing::error!(cause, "nobody can be told apart");
            }
            return face.show(&problem);
        }
    };
    let viewer = Viewer {
        name: session.as_ref().map(|_| caller.actor.who.clone()),
        rights: caller.rights.clone(),
    };
    request.extensions_mut().insert(caller);
    if let Some(session) = session {
        request.extensions_mut().insert(Session(session));
    }
    VIEWER.scope(viewer, next.run(request)).await
}

async fn found(
    state: &AppState,
    headers: HeaderMap,
    address: Option<String>,
) -> Result<(Caller, Option<String>), Problem> {
    if let Some(token) = bearer(&headers) {
        let known = token_caller(&state.desk, token, address).await?;
        return known.map(|caller| (caller, None)).ok_or_else(|| {
            Problem::sign_in(
                "This API token is not good: it is mistyped, was taken back, or its time is over.",
            )
        });
    }
    let secret = cookie_name(&state.site);
    let jar = CookieJar::from_headers(&headers);
    if let Some(cookie) = jar.get(secret)
        && let Some((caller, id)) =
            session_caller(&state.desk, cookie.value(), address.clone()).await?
    {
        return Ok((caller, Some(id)));
    }
    let rights = if state.site.anonymous {
        Right::EVERYONE.to_vec()
    } else {
        Vec::new()
    };
    let actor = Actor {
        who: "anonymous".to_owned(),
        via: Via::Anonymous,
        address,
    };
    Ok((Caller { actor, rights }, None))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?;
    // What is there and no token is refused like a wrong one.
    let value = value.to_str().unwrap_or_default();
    let token = value
        .split_once(' ')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
    Some(token.map_or("", |(_, token)| token.trim()))
}

/// Who sends it, from where: for signing in.
pub(crate) fn client(caller: &Caller, headers: &HeaderMap) -> Client {
    let agent = headers.get(header::USER_AGENT);
    Client {
        address: caller.actor.address.clone(),
        agent: agent
            .and_then(|agent| agent.to_str().ok())
            .map(ToOwned::to_owned),
    }
}

/// Hands a browser its session's secret; an empty one takes it away.
pub(crate) fn with_session(mut response: Response, site: &Site, secret: &str) -> Response {
    let mut cookie = Cookie::build((cookie_name(site), secret.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(site.is_secure());
    if secret.is_empty() {
        cookie = cookie.removal();
    }
    if let Ok(value) = HeaderValue::from_str(&cookie.build().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn cookie_name(site: &Site) -> &'static str {
    if site.is_secure() { SECURE } else { PLAIN }
}

/// Who asks: the peer, or what a trusted proxy says.
pub(super) fn client_address(request: &Request, site: &Site) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let peer = peer.ip();
    if !site.trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    let forwarded = request.headers().get("x-forwarded-for")?.to_str().ok()?;
    let hops = forwarded
        .rsplit(',')
        .filter_map(|hop| hop.trim().parse().ok());
    let stranger = hops
        .into_iter()
        .find(|hop| !site.trusted_proxies.contains(hop));
    Some(stranger.unwrap_or(peer))
}
