//! Somebody who signed in, or a program with a token, at a server under test.

use std::sync::atomic::Ordering;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::Server;

/// The password of every account in the tests.
pub(crate) const PASSWORD: &str = "plain horse under a bridge";

/// Who asks.
pub(crate) struct Visitor<'a> {
    server: &'a Server,
    header: (&'static str, String),
}

impl Server {
    /// Signs in as the owner, whose account is the first one and has every role.
    pub(crate) async fn owner(&self) -> Visitor<'_> {
        if self.owned.swap(true, Ordering::SeqCst) {
            return self.sign_in("owner").await;
        }
        self.follow(&self.setup, "owner").await
    }

    /// Makes an account with these roles and signs in with it.
    pub(crate) async fn staff(&self, name: &str, roles: &[&str]) -> Visitor<'_> {
        let owner = self.owner().await;
        let mut fields = vec![("name", name)];
        fields.extend(roles.iter().map(|role| ("role", *role)));
        let page = text(owner.form("/admin/users", &fields).await, StatusCode::OK).await;
        let link = page.split("/setup?key=").nth(1).expect("a link is shown");
        let link = link.split('<').next().unwrap();
        self.follow(&format!("/setup?key={link}"), name).await
    }

    /// A program with a token of these scopes.
    pub(crate) async fn program(&self, scopes: &[&str]) -> Visitor<'_> {
        let owner = self.owner().await;
        let mut fields = vec![("name", "a test"), ("days", "30")];
        fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
        let page = text(owner.form("/admin/tokens", &fields).await, StatusCode::OK).await;
        let token = page.split("signpost_").nth(1).expect("a token is shown");
        let token = token.split('<').next().unwrap();
        Visitor {
            server: self,
            header: ("authorization", format!("Bearer signpost_{token}")),
        }
    }

    /// Signs in with the password of the tests.
    pub(crate) async fn sign_in(&self, name: &str) -> Visitor<'_> {
        let response = self.try_password(name, PASSWORD).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        self.visitor(&response)
    }

    /// Tries to sign in.
    pub(crate) async fn try_password(&self, name: &str, password: &str) -> Response {
        let form = self.request(Method::POST, "/login");
        let fields = [("name", name), ("password", password), ("to", "/rules")];
        form.form(&fields).send().await.unwrap()
    }

    /// The cookie, with its attributes, that comes with the first account.
    pub(crate) async fn sign_up_cookie(&self) -> String {
        let response = self.follow_link(&self.setup, "owner").await;
        let cookie = response.headers()["set-cookie"].to_str();
        cookie.unwrap().to_owned()
    }

    async fn follow(&self, link: &str, name: &str) -> Visitor<'_> {
        let response = self.follow_link(link, name).await;
        self.visitor(&response)
    }

    async fn follow_link(&self, link: &str, name: &str) -> Response {
        let key = link.split("key=").nth(1).unwrap();
        let fields = [
            ("key", key),
            ("name", name),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let form = self.request(Method::POST, "/setup").form(&fields);
        let response = form.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        response
    }

    fn visitor(&self, response: &Response) -> Visitor<'_> {
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Visitor {
            server: self,
            header: ("cookie", cookie),
        }
    }
}

impl Visitor<'_> {
    /// What it proves itself with.
    pub(crate) fn secret(&self) -> String {
        let (_, value) = &self.header;
        value.rsplit(['=', ' ']).next().unwrap().to_owned()
    }

    /// A request of this visitor, from a page of the server itself.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anywhere(method, path)
            .header("origin", &self.server.url)
    }

    /// A request of this visitor that does not say from which page it comes.
    pub(crate) fn anywhere(&self, method: Method, path: &str) -> RequestBuilder {
        let (name, value) = &self.header;
        self.server.request(method, path).header(*name, value)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.request(Method::POST, path).form(fields);
        request.send().await.unwrap()
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: &Value) -> Response {
        self.request(method, path).json(body).send().await.unwrap()
    }
}

/// The body as text, after the status was checked.
pub(crate) async fn text(response: Response, status: StatusCode) -> String {
    let sent = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(sent, status, "{text}");
    text
}
