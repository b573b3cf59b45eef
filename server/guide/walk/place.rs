//! Where in the guide a walk is: the calls it is inside of, and the step.

use std::collections::BTreeMap;

use super::Route;
use crate::condition::{ProcedureId, ResultName, StepId};
use crate::guide::{Call, Guide, Procedure, Step};

/// How deep procedures may call each other.
pub const MAX_DEPTH: usize = 3;

/// A step, and the calls around it.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    route: Route<'a>,
    calls: Vec<Inside<'a>>,
    step: &'a StepId,
}

/// A call that the walk is inside of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inside<'a> {
    step: &'a StepId,
    pub(super) call: &'a Call,
    procedure: &'a Procedure,
}

impl<'a> Place<'a> {
    pub(super) fn start(route: Route<'a>) -> Self {
        Self {
            route,
            calls: Vec::new(),
            step: &route.guide.start,
        }
    }

    /// The guide or procedure that holds the step.
    pub(super) fn guide(&self) -> &'a Guide {
        self.calls
            .last()
            .map_or(self.route.guide, |inside| &inside.procedure.guide)
    }

    /// All procedures of the release.
    pub(super) fn procedures(&self) -> &'a BTreeMap<ProcedureId, Procedure> {
        self.route.procedures
    }

    pub(super) fn step(&self) -> Result<&'a Step, String> {
        let step = self.guide().step(self.step);
        step.ok_or_else(|| {
            format!(
                "The guide leads to a step `{}` that it does not have.",
                self.step
            )
        })
    }

    /// The guides around the step, innermost first, each with the call that led inside.
    pub(super) fn around(&self) -> impl Iterator<Item = (&'a Guide, &'a Call)> + use<'a, '_> {
        (0..self.calls.len()).rev().map(|at| {
            let outer = at.checked_sub(1).and_then(|outer| self.calls.get(outer));
            let guide = outer.map_or(self.route.guide, |outer| &outer.procedure.guide);
            (guide, self.calls[at].call)
        })
    }

    /// `call.step`, with as many calls as the walk is inside of.
    pub(super) fn address(&self) -> Result<StepId, String> {
        let names = self.calls.iter().map(|inside| inside.step.as_str());
        let names = names.chain([self.step.as_str()]).collect::<Vec<_>>();
        StepId::parse(&names.join(".")).map_err(|_| {
            format!(
                "The address of the step `{}` inside its calls is longer than 100 letters; its names must be shorter.",
                self.step
            )
        })
    }

    pub(super) fn go(&mut self, step: &'a StepId) {
        self.step = step;
    }

    /// Goes into a procedure.
    pub(super) fn enter(&mut self, step: &'a StepId, call: &'a Call) -> Result<(), String> {
        let Some(procedure) = self.route.procedures.get(&call.procedure) else {
            return Err(format!(
                "The guide calls a procedure `{}` that does not exist.",
                call.procedure
            ));
        };
        if self
            .calls
            .iter()
            .any(|inside| inside.procedure.id == procedure.id)
        {
            return Err(format!("The procedure `{}` calls itself.", procedure.id));
        }
        if self.calls.len() == MAX_DEPTH {
            return Err(format!(
                "The call of `{}` is nested deeper than {MAX_DEPTH}.",
                procedure.id
            ));
        }
        self.calls.push(Inside {
            step,
            call,
            procedure,
        });
        self.step = &procedure.guide.start;
        Ok(())
    }

    /// Leaves the innermost procedure with a result.
    pub(super) fn leave(&mut self, result: &'a ResultName) -> Result<(), String> {
        let Some(inside) = self.calls.pop() else {
            return Err(format!(
                "The step `{}` returns `{result}`, but nothing called it.",
                self.step
            ));
        };
        let Some(next) = inside.call.on.get(result) else {
            return Err(format!(
                "The step `{}` calls `{}` and does not say where its result `{result}` leads.",
                inside.step, inside.procedure.id
            ));
        };
        self.step = next;
        Ok(())
    }
}
