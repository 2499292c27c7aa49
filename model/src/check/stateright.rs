//! The same worlds as models of [`stateright`]: a second opinion, and its Explorer in a browser.
//!
//! Stateright's properties see states, not edges. So an edge that breaks a theorem leads to a state of its own,
//! which ends there, and the property is that no such state is reached. An action is a request of the domain and
//! one of the ways in which the law lets it end; only those that lead somewhere are actions.
