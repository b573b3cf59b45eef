//! What a house sets for itself: the values that fill `{{setting:NAME}}`, and how its releases are published. A change
//! holds for the next request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::caller::{Caller, Right};
use super::desk::{DeedError, Desk};
use crate::condition::shape::Complaint;
use crate::guide::placeholders::is_setting_name;
use crate::rules::{SettingPlace, settings_used};
use crate::store::{HouseChange, HouseSettings};

/// A value has at most so many characters.
pub const MOST_VALUE: usize = 1_000;
/// A house sets at most so many values.
pub const MOST_VALUES: usize = 200;

/// The values of a house by name, as placeholders take them.
pub type HouseValues = BTreeMap<String, String>;

/// What a house set, and what its rules ask for.
#[derive(Debug, Clone, Default)]
pub struct House {
    /// What is set.
    pub settings: HouseSettings,
    /// Every name that the live rules use, with its places.
    pub used: BTreeMap<String, BTreeSet<SettingPlace>>,
}

impl House {
    /// The names that rules use and nobody set.
    pub fn missing(&self) -> impl Iterator<Item = (&String, &BTreeSet<SettingPlace>)> {
        let is_set = |name: &str| self.settings.values.contains_key(name);
        self.used.iter().filter(move |(name, _)| !is_set(name))
    }
}

/// What the house set.
pub async fn house(desk: &Desk, caller: &Caller) -> Result<House, DeedError> {
    caller.need(Right::Admin)?;
    let settings = desk.store.house().await?;
    let live = desk.live();
    Ok(House {
        used: settings_used(&live),
        settings,
    })
}

/// Changes what the house set: all of it, or nothing where something cannot be taken. With `based` it must still be what was seen.
pub async fn change_house(
    desk: &Desk,
    caller: &Caller,
    based: Option<i64>,
    changes: Vec<HouseChange>,
) -> Result<House, DeedError> {
    caller.need(Right::Admin)?;
    let changes = changes.into_iter().map(tidy).collect::<Vec<_>>();
    let wrong = changes.iter().filter_map(complaint).collect::<Vec<_>>();
    if !wrong.is_empty() {
        return Err(DeedError::Refused(wrong));
    }
    let names = desk.store.house().await?.values.into_keys();
    let mut names = names.collect::<BTreeSet<_>>();
    for change in &changes {
        match change {
            HouseChange::Set(name, _) => drop(names.insert(name.clone())),
            HouseChange::Remove(name) => drop(names.remove(name)),
            HouseChange::SecondPerson(_) => {}
        }
    }
    if names.len() > MOST_VALUES {
        let what = format!("There can be at most {MOST_VALUES} settings.");
        return Err(DeedError::refused("/values", what));
    }
    let now = desk.now();
    let done = desk.store.change_house(&caller.actor, based, &changes, now);
    let settings = done.await?;
    desk.take_house(&settings);
    let live = desk.live();
    Ok(House {
        used: settings_used(&live),
        settings,
    })
}

/// The same with these values and no others.
pub async fn replace_house(
    desk: &Desk,
    caller: &Caller,
    based: i64,
    second_person: Option<bool>,
    values: HouseValues,
) -> Result<House, DeedError> {
    caller.need(Right::Admin)?;
    let present = desk.store.house().await?.values.into_keys();
    let gone = present.filter(|name| !values.contains_key(name));
    let mut changes = gone.map(HouseChange::Remove).collect::<Vec<_>>();
    let set = values.into_iter();
    changes.extend(set.map(|(name, value)| HouseChange::Set(name, value)));
    changes.extend(second_person.map(HouseChange::SecondPerson));
    change_house(desk, caller, Some(based), changes).await
}

fn tidy(change: HouseChange) -> HouseChange {
    match change {
        HouseChange::Set(name, value) => {
            HouseChange::Set(name.trim().to_owned(), value.trim().to_owned())
        }
        other => other,
    }
}

fn complaint(change: &HouseChange) -> Option<Complaint> {
    let HouseChange::Set(name, value) = change else {
        return None;
    };
    let pointer = |field: &str| match field {
        "name" => "/values".to_owned(),
        _ => format!("/values/{name}"),
    };
    if !is_setting_name(name) {
        let shown = name.chars().take(80).collect::<String>();
        let what = format!(
            "`{shown}` cannot be the name of a setting: write 1 to 64 small letters, digits, dashes and underscores."
        );
        return Some(Complaint::new(pointer("name"), what));
    }
    if value.is_empty() {
        let what = format!("Write what `{name}` stands for, or remove it.");
        return Some(Complaint::new(pointer("value"), what));
    }
    if value.chars().nth(MOST_VALUE).is_some() {
        let what = format!("`{name}` is too long: at most {MOST_VALUE} characters fit.");
        return Some(Complaint::new(pointer("value"), what));
    }
    let is_strange = |letter: char| letter.is_control() && !letter.is_whitespace();
    value.contains(is_strange).then(|| {
        let what = format!("`{name}` holds a control character; write plain text.");
        Complaint::new(pointer("value"), what)
    })
}

impl Desk {
    /// What fills `{{setting:NAME}}` now.
    pub fn house(&self) -> Arc<HouseValues> {
        self.house.load().1.clone()
    }

    /// Reads what the house set, as another process may have changed it.
    pub async fn load_house(&self) -> Result<(), DeedError> {
        let settings = self.store.house().await?;
        self.take_house(&settings);
        Ok(())
    }

    fn take_house(&self, settings: &HouseSettings) {
        let values = settings.values.iter();
        let values = values.map(|(name, one)| (name.clone(), one.value.clone()));
        let (revision, values) = (settings.revision, Arc::new(values.collect()));
        self.house.rcu(|present| {
            if present.0 > revision {
                present.clone()
            } else {
                Arc::new((revision, Arc::clone(&values)))
            }
        });
    }
}
