//! End to end: the real agent, the real window, real browsers and clients, and programs of other people as judges.
//!
//! Everything that this starts has ports and folders of its own and is ended by process id.

pub mod agent;
pub mod browser;
pub mod demo;
pub mod desktop;
pub mod firefox;
pub mod judges;
pub mod places;
pub mod portal;
pub mod process;
pub mod scene;
pub mod site;
pub mod socket;
pub mod window;
