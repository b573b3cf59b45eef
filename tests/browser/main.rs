//! The main journeys, in a real browser: headless Chromium, driven through ChromeDriver.
//!
//! A missing browser fails; it never skips. `./tests/run` installs what is needed and runs these with everything else.

#[path = "../support/demo_pack.rs"]
mod demo_pack;
mod desk;
mod harness;
mod journeys;
mod looks;
mod programs;
mod reports;
mod staff;
