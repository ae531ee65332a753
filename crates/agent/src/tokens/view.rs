//! Tokens in the window's terms.

use keystore::{
    PinState, TokenError, TokenModel, TokenStore,
    pcsc::{CardState, ServiceState, same_reader},
};
use window_messages::{
    KeyProblem, ModuleProblem, ModuleTrouble, PinView, ReaderService, ReadersView, TokenView,
};

use super::Now;

/// A token, and what was last heard of its PIN.
pub(crate) fn token(store: &TokenStore, state: &PinState) -> TokenView {
    let id = store.token();
    TokenView {
        id: id.fingerprint(),
        label: id.label.clone(),
        product: store.model().product_name().map(str::to_owned),
        id_card: store.model() == TokenModel::IdCard,
        serial: id.serial.clone(),
        reader: store.reader().to_owned(),
        pin: pin(state),
    }
}

/// What the window shows of a PIN: the number of tries only when some are spent.
pub(crate) fn pin(state: &PinState) -> PinView {
    let spent = |left: &u32| state.max_tries.map_or(state.low, |most| *left < most);
    PinView {
        tries_left: state.tries_left.filter(spent),
        low: state.low,
        last_try: state.last_try,
        locked: state.locked,
        to_be_changed: state.to_be_changed,
        not_set: state.not_set,
        pin_pad: state.pin_pad,
        puk_locked: state.puk_locked,
        min_length: state.length.map(|(min, _)| min),
        max_length: state.length.map(|(_, max)| max),
    }
}

/// The way to tokens.
pub(crate) fn readers(now: &Now) -> ReadersView {
    let readers = &now.readers.readers;
    let known = |reader: &str| {
        let mut stores = now.stores.iter();
        stores.any(|store| same_reader(store.reader(), reader))
    };
    ReadersView {
        service: service(now.readers.service),
        readers: u32::try_from(readers.len()).unwrap_or(u32::MAX),
        mute: readers.iter().any(|reader| reader.card == CardState::Mute),
        unknown_card: !now.searching
            && readers.iter().any(|reader| {
                matches!(reader.card, CardState::Present { .. }) && !known(&reader.name)
            }),
        troubles: now
            .troubles
            .iter()
            .map(|(module, error)| ModuleTrouble {
                module: module.to_string_lossy().into_owned(),
                problem: trouble(*error),
            })
            .collect(),
    }
}

fn service(state: ServiceState) -> ReaderService {
    match state {
        ServiceState::Running => ReaderService::Running,
        ServiceState::Stopped => ReaderService::Stopped,
        ServiceState::NotInstalled => ReaderService::NotInstalled,
        ServiceState::Refused => ReaderService::Refused,
        ServiceState::Sandboxed => ReaderService::Sandboxed,
        ServiceState::Failed(code) => ReaderService::Failed { code },
        // What has no name of its own is a fault without a number.
        _ => ReaderService::Failed { code: 0 },
    }
}

fn trouble(error: TokenError) -> ModuleProblem {
    match error {
        TokenError::ModuleMissing => ModuleProblem::Missing,
        TokenError::NotAModule => ModuleProblem::NotAModule,
        TokenError::OtherProcessor => ModuleProblem::OtherProcessor,
        TokenError::ModuleTimeout => ModuleProblem::TimedOut,
        _ => ModuleProblem::Failed,
    }
}

/// Why a token did not do what it should. `pin`: what it told of its PIN afterwards.
pub(crate) fn problem(error: TokenError, pin: Option<&PinState>) -> KeyProblem {
    match error {
        TokenError::WrongPin => KeyProblem::WrongPin {
            tries_left: pin.and_then(|pin| pin.tries_left),
        },
        TokenError::PinLocked => KeyProblem::TokenLocked,
        TokenError::LastTry => KeyProblem::LastTry,
        TokenError::PinLength { min, max } => KeyProblem::PinLength { min, max },
        TokenError::PinRefused => KeyProblem::PinRefused,
        TokenError::PinExpired => KeyProblem::PinExpired,
        TokenError::PinNotSet => KeyProblem::PinNotSet,
        TokenError::Cancelled => KeyProblem::PinPadCancelled,
        TokenError::CannotUnblock => KeyProblem::CannotUnblock,
        TokenError::Removed => KeyProblem::TokenRemoved,
        TokenError::NoKey => KeyProblem::TokenWithoutKey,
        TokenError::ChooseKey => KeyProblem::ChooseTokenKey,
        TokenError::NoMechanism => KeyProblem::OtherAlgorithm,
        TokenError::WrongSignature => KeyProblem::TokenWrongSignature,
        TokenError::Busy => KeyProblem::TokenBusy,
        TokenError::ModuleTimeout => KeyProblem::TokenTimedOut,
        TokenError::Fault(code) => KeyProblem::TokenFault {
            code: format!("{code:#x}"),
        },
        // The window asks for a PIN where the token wants one; what is left is the module's fault.
        _ => KeyProblem::TokenModuleFailed,
    }
}
