//! Log-ins, open keys and signatures of one module.

use super::{
    PinState,
    choice::{Choice, Pair, choose},
    gost::Way,
    key::{OpenKey, Renewal, Signed, mechanism},
    raw::{Module, Rv, TokenInfo},
    token::TokenId,
    wire::{Reply, Request, Secrets},
};
use crate::TokenError;
use cryptoki_sys::*;
use pki::Certificate;
use std::{collections::HashMap, thread, time::Duration};
use zeroize::Zeroizing;

/// Open keys and what is known of their tokens.
#[derive(Default)]
pub(super) struct Keys {
    open: HashMap<u32, OpenKey>,
    next: u32,
    /// Counts log-ins: handles of private keys do not outlive one.
    log_ins: u64,
    /// How tokens write GOST signatures with a mechanism: what is so for one is so for all of its maker and model.
    ways: HashMap<(String, String, CK_MECHANISM_TYPE), Way>,
}

impl Keys {
    pub(super) fn answer(
        &mut self,
        module: &Module,
        request: Request,
        secrets: &Secrets,
    ) -> Result<Reply, TokenError> {
        let secret = |index: usize| secrets.get(index).map(|pin| pin.as_slice());
        match request {
            Request::Pin { token } => {
                let (slot, info) = slot_of(module, &token)?;
                Ok(Reply::Pin(info.pin_state(module, slot)))
            }
            Request::Unlock {
                token,
                certificate,
                last_try_agreed,
            } => self.unlock(module, &token, certificate, last_try_agreed, secret(0)),
            Request::Sign {
                key,
                digest,
                message,
            } => self.sign(module, key, &digest, message.as_deref()),
            Request::GivePin { key } => {
                let open = self.open.get_mut(&key).ok_or(TokenError::Removed)?;
                let (slot, info) = slot_of(module, &open.token)?;
                check_length(&info.pin_state(module, slot), secret(0))?;
                open.pin = secret(0).map(|pin| Zeroizing::new(pin.to_vec()));
                Ok(Reply::Done)
            }
            Request::ChangePin {
                token,
                last_try_agreed,
            } => self.change_pin(module, &token, last_try_agreed, secret(0), secret(1)),
            Request::Unblock { token } => self.unblock(module, &token, secret(0), secret(1)),
            // The worker's own.
            Request::List | Request::Changed | Request::Close { .. } => {
                Err(TokenError::ModuleUnreachable)
            }
        }
    }

    fn unlock(
        &mut self,
        module: &Module,
        token: &TokenId,
        certificate: Option<Vec<u8>>,
        last_try_agreed: bool,
        pin: Option<&[u8]>,
    ) -> Result<Reply, TokenError> {
        let (slot, info) = slot_of(module, token)?;
        let state = info.pin_state(module, slot);
        let with_pin = info.has(CKF_LOGIN_REQUIRED);
        if with_pin {
            may_try(&state, pin, last_try_agreed)?;
        }
        let session = module.open(slot, false)?;
        let outcome = self
            .log_in(module, slot, session, with_pin, pin)
            .and_then(|()| choose(module, session, certificate));
        match outcome {
            Ok(Choice::One(pair)) => self.keep(module, slot, session, &info, *pair, pin),
            Ok(Choice::Several(certificates)) => {
                self.forget(module, slot, session);
                Ok(Reply::Several(certificates))
            }
            Err(error) => {
                self.forget(module, slot, session);
                Err(explain(module, token, error))
            }
        }
    }

    /// The PIN is always checked by the token, also when another key of it is open already.
    fn log_in(
        &mut self,
        module: &Module,
        slot: CK_SLOT_ID,
        session: CK_SESSION_HANDLE,
        with_pin: bool,
        pin: Option<&[u8]>,
    ) -> Result<(), TokenError> {
        if !with_pin {
            return Ok(());
        }
        if self.open.values().any(|key| key.slot == slot) {
            module.logout(session);
        }
        self.log_ins += 1;
        match module.login(session, CKU_USER, pin) {
            Err(Rv(CKR_USER_ALREADY_LOGGED_IN)) => {
                // Nothing was checked, so nothing is spent by asking again.
                module.logout(session);
                module.login(session, CKU_USER, pin)
            }
            other => other,
        }
        .map_err(TokenError::from)
    }

    fn keep(
        &mut self,
        module: &Module,
        slot: CK_SLOT_ID,
        session: CK_SESSION_HANDLE,
        info: &TokenInfo,
        pair: Pair,
        pin: Option<&[u8]>,
    ) -> Result<Reply, TokenError> {
        let Pair { listed, keys } = pair;
        let made = Certificate::from_der(&listed.der)
            .map_err(|_| TokenError::NoMechanism)
            .and_then(|certificate| {
                mechanism(module, slot, certificate.algorithm())
                    .map(|mechanism| (certificate, mechanism))
            });
        let (certificate, mechanism) = match made {
            Ok(made) => made,
            Err(error) => {
                self.forget(module, slot, session);
                return Err(error);
            }
        };
        let first = keys.first();
        let always =
            first.is_some_and(|key| module.flag(session, key.object, CKA_ALWAYS_AUTHENTICATE));
        let label = first
            .map(|key| key.label.clone())
            .filter(|label| !label.is_empty())
            .unwrap_or_else(|| listed.label.clone());
        self.next = self.next.wrapping_add(1);
        let reply = Reply::Unlocked {
            key: self.next,
            certificate: listed.der.clone(),
            label,
            pin_each_time: always,
            hashes: mechanism == CKM_SHA256_RSA_PKCS,
        };
        let open = OpenKey {
            slot,
            session,
            token: info.id(),
            objects: keys.iter().map(|key| key.object).collect(),
            log_in: self.log_ins,
            listed,
            certificate,
            mechanism,
            pin_pad: info.has(CKF_PROTECTED_AUTHENTICATION_PATH),
            renewal: if always {
                Renewal::Context
            } else {
                Renewal::Nothing
            },
            pin: pin
                .filter(|_| always)
                .map(|pin| Zeroizing::new(pin.to_vec())),
        };
        self.open.insert(self.next, open);
        Ok(reply)
    }

    /// Closes a session that came to nothing, and the log-in with it unless another key needs it.
    fn forget(&mut self, module: &Module, slot: CK_SLOT_ID, session: CK_SESSION_HANDLE) {
        if !self.open.values().any(|key| key.slot == slot) {
            module.logout(session);
        }
        module.close(session);
    }

    pub(super) fn close(&mut self, module: &Module, key: u32) {
        if let Some(open) = self.open.remove(&key) {
            self.forget(module, open.slot, open.session);
        }
    }

    pub(super) fn close_all(&mut self, module: &Module) {
        for key in self.open.keys().copied().collect::<Vec<_>>() {
            self.close(module, key);
        }
    }

    fn sign(
        &mut self,
        module: &Module,
        key: u32,
        digest: &[u8],
        message: Option<&[u8]>,
    ) -> Result<Reply, TokenError> {
        let log_ins = &mut self.log_ins;
        let open = self.open.get_mut(&key).ok_or(TokenError::Removed)?;
        let TokenId {
            manufacturer,
            model,
            ..
        } = &open.token;
        let kind = (manufacturer.clone(), model.clone(), open.mechanism);
        let way = self.ways.get(&kind).copied();
        match open.sign(module, log_ins, Signed { digest, message }, way) {
            Ok((signature, way)) => {
                if let Some(way) = way {
                    self.ways.insert(kind, way);
                }
                Ok(Reply::Signature(signature))
            }
            Err(error) => {
                let error = explain(module, &open.token, error);
                if error == TokenError::Removed {
                    self.removed(module, key);
                }
                Err(error)
            }
        }
    }

    /// The token is gone, and with it every key of its slot.
    fn removed(&mut self, module: &Module, key: u32) {
        let Some(slot) = self.open.get(&key).map(|open| open.slot) else {
            return;
        };
        self.open.retain(|_, open| {
            if open.slot == slot {
                module.close(open.session);
            }
            open.slot != slot
        });
    }

    fn change_pin(
        &mut self,
        module: &Module,
        token: &TokenId,
        last_try_agreed: bool,
        old: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<Reply, TokenError> {
        let (slot, info) = slot_of(module, token)?;
        let state = info.pin_state(module, slot);
        // An expired PIN is changed with itself, so only locks and lengths stand in the way.
        may_try(&state, old, last_try_agreed)?;
        check_length(&state, new)?;
        let session = module.open(slot, true)?;
        let outcome = module.set_pin(session, old, new);
        module.close(session);
        outcome?;
        Ok(Reply::Done)
    }

    fn unblock(
        &mut self,
        module: &Module,
        token: &TokenId,
        puk: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<Reply, TokenError> {
        let (slot, info) = slot_of(module, token)?;
        let state = info.pin_state(module, slot);
        if state.puk_locked {
            return Err(TokenError::PinLocked);
        }
        check_pad(&state, puk)?;
        check_length(&state, new)?;
        // The security officer cannot log in while anything else is open.
        let others = self.open.iter().filter(|(_, key)| key.slot == slot);
        for key in others.map(|(key, _)| *key).collect::<Vec<_>>() {
            self.close(module, key);
        }
        let session = module.open(slot, true)?;
        let outcome = module.login(session, CKU_SO, puk).and_then(|()| {
            let set = module.init_pin(session, new);
            module.logout(session);
            set
        });
        module.close(session);
        match outcome {
            Ok(()) => Ok(Reply::Done),
            // OpenSC says the last of them of cards that it does not unblock.
            Err(Rv(CKR_FUNCTION_NOT_SUPPORTED | CKR_USER_TYPE_INVALID | CKR_GENERAL_ERROR)) => {
                Err(TokenError::CannotUnblock)
            }
            Err(other) => Err(other.into()),
        }
    }
}

/// The slot in which a token sits now.
fn slot_of(module: &Module, token: &TokenId) -> Result<(CK_SLOT_ID, TokenInfo), TokenError> {
    for slot in module.slots()? {
        if let Ok(info) = module.token_info(slot)
            && info.id() == *token
        {
            return Ok((slot, info));
        }
    }
    Err(TokenError::Removed)
}

/// Modules have many words for a card that was pulled out (OpenSC says CKR_GENERAL_ERROR), and readers notice it late: so a
/// fault without a meaning is looked into.
fn explain(module: &Module, token: &TokenId, error: TokenError) -> TokenError {
    const LOOKS: u32 = 4;
    const BETWEEN: Duration = Duration::from_millis(250);
    if !matches!(error, TokenError::Fault(_)) {
        return error;
    }
    for look in 0..LOOKS {
        if look > 0 {
            thread::sleep(BETWEEN);
        }
        if slot_of(module, token).is_err() {
            return TokenError::Removed;
        }
    }
    error
}

/// Everything that can be known before a try is spent.
fn may_try(state: &PinState, pin: Option<&[u8]>, last_try_agreed: bool) -> Result<(), TokenError> {
    if state.locked {
        return Err(TokenError::PinLocked);
    }
    check_pad(state, pin)?;
    if state.last_try && !last_try_agreed {
        return Err(TokenError::LastTry);
    }
    check_length(state, pin)
}

fn check_pad(state: &PinState, pin: Option<&[u8]>) -> Result<(), TokenError> {
    match (state.pin_pad, pin) {
        (true, Some(_)) => Err(TokenError::PinPadOnly),
        (false, None) => Err(TokenError::NoPinPad),
        _ => Ok(()),
    }
}

fn check_length(state: &PinState, pin: Option<&[u8]>) -> Result<(), TokenError> {
    match (state.length, pin) {
        (Some((min, max)), Some(pin))
            if !u32::try_from(pin.len()).is_ok_and(|length| (min..=max).contains(&length)) =>
        {
            Err(TokenError::PinLength { min, max })
        }
        _ => Ok(()),
    }
}
