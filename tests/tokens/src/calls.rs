//! PKCS#11, function by function.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "pointers are the caller's, which is our own worker"
)]

use crate::{
    objects,
    script::Token,
    state::{self, Call, Session, with_process},
};
use cryptoki_sys::*;
use std::{ffi::c_void, ptr, slice, thread, time::Duration};

type Answer = Result<(), CK_RV>;

/// One call: written down, checked, done, and answered.
fn call(name: &str, detail: &str, work: impl FnOnce(&Call) -> Answer) -> CK_RV {
    let outcome = state::begin(name, detail).and_then(|call| {
        let ready = name == "C_Initialize" || with_process(|process| process.initialized);
        if !ready {
            return Err(CKR_CRYPTOKI_NOT_INITIALIZED);
        }
        let outcome = work(&call);
        call.end();
        outcome
    });
    outcome.err().unwrap_or(CKR_OK)
}

pub(crate) unsafe extern "C" fn initialize(arguments: *mut c_void) -> CK_RV {
    let locking = !arguments.is_null();
    call("C_Initialize", &format!("locking={locking}"), |call| {
        if locking && call.script.initialize_with_locking != 0 {
            return Err(call.script.initialize_with_locking as CK_RV);
        }
        with_process(|process| {
            if std::mem::replace(&mut process.initialized, true) {
                return Err(CKR_CRYPTOKI_ALREADY_INITIALIZED);
            }
            Ok(())
        })
    })
}

pub(crate) unsafe extern "C" fn finalize(_: *mut c_void) -> CK_RV {
    call("C_Finalize", "", |_| {
        with_process(|process| *process = state::Process::default());
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn slot_list(
    with_token: CK_BBOOL,
    slots: *mut CK_SLOT_ID,
    count: *mut CK_ULONG,
) -> CK_RV {
    call("C_GetSlotList", "", |call| {
        let all = call.script.slots.iter();
        let ids: Vec<_> = all
            .filter(|slot| with_token == 0 || slot.token.is_some())
            .map(|slot| slot.id)
            .collect();
        unsafe { give(&ids, slots, count) }
    })
}

pub(crate) unsafe extern "C" fn slot_info(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) -> CK_RV {
    call("C_GetSlotInfo", "", |call| {
        let slot = call.slot(slot)?;
        let mut answer: CK_SLOT_INFO = unsafe { std::mem::zeroed() };
        pad(&mut answer.slotDescription, &slot.reader);
        unsafe { *info = answer };
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn token_info(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO) -> CK_RV {
    call("C_GetTokenInfo", "", |call| {
        let token = call.token(slot)?;
        if token.unreadable {
            return Err(CKR_TOKEN_NOT_RECOGNIZED);
        }
        let tries = state::memory().token(token).tries;
        let mut flags = CKF_LOGIN_REQUIRED | token.extra_flags as CK_FLAGS;
        let mut set = |yes: bool, flag: CK_FLAGS| {
            if yes {
                flags |= flag;
            }
        };
        set(!token.blank, CKF_TOKEN_INITIALIZED);
        set(!token.no_pin, CKF_USER_PIN_INITIALIZED);
        set(token.pad.is_some(), CKF_PROTECTED_AUTHENTICATION_PATH);
        let shown = !token.silent_flags;
        set(shown && tries < token.tries, CKF_USER_PIN_COUNT_LOW);
        set(shown && tries == 1, CKF_USER_PIN_FINAL_TRY);
        set(shown && tries == 0, CKF_USER_PIN_LOCKED);
        let mut answer: CK_TOKEN_INFO = unsafe { std::mem::zeroed() };
        pad(&mut answer.label, &token.label);
        pad(&mut answer.manufacturerID, &token.manufacturer);
        pad(&mut answer.model, &token.model);
        pad(&mut answer.serialNumber, &token.serial);
        answer.flags = flags;
        answer.ulMinPinLen = token.min_pin as CK_ULONG;
        answer.ulMaxPinLen = token.max_pin as CK_ULONG;
        unsafe { *info = answer };
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn mechanism_list(
    slot: CK_SLOT_ID,
    list: *mut CK_MECHANISM_TYPE,
    count: *mut CK_ULONG,
) -> CK_RV {
    call("C_GetMechanismList", "", |call| {
        let mechanisms = call.token(slot)?.mechanisms.iter();
        let mechanisms: Vec<_> = mechanisms.map(|it| *it as CK_MECHANISM_TYPE).collect();
        unsafe { give(&mechanisms, list, count) }
    })
}

pub(crate) unsafe extern "C" fn slot_event(
    _: CK_FLAGS,
    slot: *mut CK_SLOT_ID,
    _: *mut c_void,
) -> CK_RV {
    call("C_WaitForSlotEvent", "", |call| {
        match call.script.slot_event {
            None => Err(CKR_FUNCTION_NOT_SUPPORTED),
            Some(false) => Err(CKR_NO_EVENT),
            Some(true) => {
                unsafe { *slot = 0 };
                Ok(())
            }
        }
    })
}

pub(crate) unsafe extern "C" fn open_session(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _: *mut c_void,
    _: CK_NOTIFY,
    handle: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    call("C_OpenSession", "", |call| {
        let serial = call.token(slot)?.serial.clone();
        with_process(|process| {
            process.next += 1;
            let session = Session {
                slot,
                serial,
                write: flags & CKF_RW_SESSION != 0,
                found: Vec::new(),
                signing: None,
                confirmed: false,
            };
            process.sessions.insert(process.next, session);
            unsafe { *handle = process.next };
        });
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn close_session(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_CloseSession", "", |_| {
        with_process(|process| {
            let closed = process.sessions.remove(&session);
            let closed = closed.ok_or(CKR_SESSION_HANDLE_INVALID)?;
            let others = process.sessions.values();
            if !others.into_iter().any(|it| it.serial == closed.serial) {
                process.users.remove(&closed.serial);
            }
            Ok(())
        })
    })
}

/// The token of a session, when it is still there; when not, the session ends, and with the last one the log-in.
fn token_of(call: &Call, session: CK_SESSION_HANDLE) -> Result<&Token, CK_RV> {
    with_process(|process| {
        let known = process.sessions.get(&session);
        let known = known.ok_or(CKR_SESSION_HANDLE_INVALID)?;
        let there = call.token(known.slot);
        match there {
            Ok(token) if token.serial == known.serial => Ok(token),
            _ => {
                let serial = known.serial.clone();
                process.sessions.retain(|_, it| it.serial != serial);
                process.users.remove(&serial);
                Err(CKR_DEVICE_REMOVED)
            }
        }
    })
}

fn logged_in(token: &Token) -> Option<CK_USER_TYPE> {
    with_process(|process| process.users.get(&token.serial).copied())
}

unsafe fn bytes<'a>(pointer: *const u8, length: CK_ULONG) -> Option<&'a [u8]> {
    (!pointer.is_null()).then(|| unsafe { slice::from_raw_parts(pointer, length as usize) })
}

/// Checks a PIN as a token does: a wrong one costs a try, a right one gives all of them back.
fn check_pin(token: &Token, pin: Option<&[u8]>, puk: bool) -> Answer {
    if let Some(pad) = &token.pad {
        if pin.is_some() {
            return Err(CKR_ARGUMENTS_BAD);
        }
        thread::sleep(Duration::from_millis(pad.milliseconds));
        if pad.answer != 0 && pad.answer != CKR_PIN_INCORRECT as u64 {
            return Err(pad.answer as CK_RV);
        }
    }
    let mut memory = state::memory();
    let known = memory.token(token);
    let right = match (&token.pad, pin) {
        (Some(pad), _) => pad.answer == 0,
        (None, None) => return Err(CKR_ARGUMENTS_BAD),
        (None, Some(pin)) => pin == if puk { &token.puk } else { &known.pin }.as_bytes(),
    };
    let left = if puk {
        &mut known.puk_tries
    } else {
        &mut known.tries
    };
    if *left == 0 {
        return Err(CKR_PIN_LOCKED);
    }
    *left = if right { token.tries } else { *left - 1 };
    state::remember(&memory);
    if right {
        Ok(())
    } else {
        Err(CKR_PIN_INCORRECT)
    }
}

pub(crate) unsafe extern "C" fn login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut u8,
    length: CK_ULONG,
) -> CK_RV {
    let pin = unsafe { bytes(pin, length) };
    let detail = format!("user={user} pin={:?}", pin.map(<[u8]>::len));
    call("C_Login", &detail, |call| {
        let token = token_of(call, session)?;
        if user == CKU_CONTEXT_SPECIFIC {
            let active = with_process(|process| process.sessions[&session].signing.is_some());
            if !active {
                return Err(CKR_OPERATION_NOT_INITIALIZED);
            }
            check_pin(token, pin, false)?;
            with_process(|process| {
                if let Some(session) = process.sessions.get_mut(&session) {
                    session.confirmed = true;
                }
            });
            return Ok(());
        }
        match logged_in(token) {
            Some(other) if other == user => return Err(CKR_USER_ALREADY_LOGGED_IN),
            Some(_) => return Err(CKR_USER_ANOTHER_ALREADY_LOGGED_IN),
            None => {}
        }
        if user == CKU_USER && token.no_pin {
            return Err(CKR_USER_PIN_NOT_INITIALIZED);
        }
        let reading = with_process(|process| {
            let mut sessions = process.sessions.values();
            sessions.any(|it| it.serial == token.serial && !it.write)
        });
        if user == CKU_SO && reading {
            return Err(CKR_SESSION_READ_ONLY_EXISTS);
        }
        check_pin(token, pin, user == CKU_SO)?;
        with_process(|process| process.users.insert(token.serial.clone(), user));
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn logout(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_Logout", "", |call| {
        let token = token_of(call, session)?;
        let was = with_process(|process| process.users.remove(&token.serial));
        was.map(|_| ()).ok_or(CKR_USER_NOT_LOGGED_IN)
    })
}

fn new_pin(token: &Token, new: Option<&[u8]>) -> Answer {
    let mut memory = state::memory();
    let known = memory.token(token);
    if let Some(new) = new {
        if !(token.min_pin..=token.max_pin).contains(&(new.len() as u64)) {
            return Err(CKR_PIN_LEN_RANGE);
        }
        if new == known.pin.as_bytes() {
            return Err(CKR_PIN_INVALID);
        }
        known.pin = String::from_utf8(new.to_vec()).map_err(|_| CKR_PIN_INVALID)?;
    }
    known.tries = token.tries;
    state::remember(&memory);
    Ok(())
}

pub(crate) unsafe extern "C" fn set_pin(
    session: CK_SESSION_HANDLE,
    old: *mut u8,
    old_length: CK_ULONG,
    new: *mut u8,
    new_length: CK_ULONG,
) -> CK_RV {
    let (old, new) = unsafe { (bytes(old, old_length), bytes(new, new_length)) };
    call("C_SetPIN", "", |call| {
        let token = token_of(call, session)?;
        if !with_process(|process| process.sessions[&session].write) {
            return Err(CKR_SESSION_READ_ONLY);
        }
        check_pin(token, old, false)?;
        new_pin(token, new)
    })
}

pub(crate) unsafe extern "C" fn init_pin(
    session: CK_SESSION_HANDLE,
    new: *mut u8,
    length: CK_ULONG,
) -> CK_RV {
    let new = unsafe { bytes(new, length) };
    call("C_InitPIN", "", |call| {
        let token = token_of(call, session)?;
        if logged_in(token) != Some(CKU_SO) {
            return Err(CKR_USER_NOT_LOGGED_IN);
        }
        new_pin(token, new)
    })
}

pub(crate) unsafe extern "C" fn find_init(
    session: CK_SESSION_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call("C_FindObjectsInit", "", |call| {
        let token = token_of(call, session)?;
        let mut class = None;
        for index in 0..count as usize {
            let attribute = unsafe { *template.add(index) };
            if attribute.type_ == CKA_CLASS {
                class = Some(unsafe { ptr::read_unaligned(attribute.pValue.cast()) });
            }
        }
        let user = logged_in(token) == Some(CKU_USER);
        let found = objects::visible(token, class, user);
        with_process(|process| {
            if let Some(session) = process.sessions.get_mut(&session) {
                session.found = found;
            }
        });
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn find(
    session: CK_SESSION_HANDLE,
    objects: *mut CK_OBJECT_HANDLE,
    max: CK_ULONG,
    count: *mut CK_ULONG,
) -> CK_RV {
    call("C_FindObjects", "", |call| {
        token_of(call, session)?;
        with_process(|process| {
            let session = process.sessions.get_mut(&session);
            let found = &mut session.ok_or(CKR_SESSION_HANDLE_INVALID)?.found;
            let page: Vec<_> = found.drain(..found.len().min(max as usize)).collect();
            for (index, handle) in page.iter().enumerate() {
                unsafe { *objects.add(index) = *handle };
            }
            unsafe { *count = page.len() as CK_ULONG };
            Ok(())
        })
    })
}

pub(crate) unsafe extern "C" fn find_final(session: CK_SESSION_HANDLE) -> CK_RV {
    call("C_FindObjectsFinal", "", |call| {
        token_of(call, session).map(|_| ())
    })
}

pub(crate) unsafe extern "C" fn attribute_value(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    call("C_GetAttributeValue", "", |call| {
        let token = token_of(call, session)?;
        let (object, kind) = objects::by_handle(token, object).ok_or(CKR_OBJECT_HANDLE_INVALID)?;
        for index in 0..count as usize {
            let attribute = unsafe { &mut *template.add(index) };
            let value = match objects::attribute(object, kind, attribute.type_) {
                Ok(value) => value,
                Err(code) => {
                    attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
                    return Err(code);
                }
            };
            if !attribute.pValue.is_null() {
                if (attribute.ulValueLen as usize) < value.len() {
                    return Err(CKR_BUFFER_TOO_SMALL);
                }
                unsafe {
                    ptr::copy_nonoverlapping(value.as_ptr(), attribute.pValue.cast(), value.len());
                }
            }
            attribute.ulValueLen = value.len() as CK_ULONG;
        }
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn sign_init(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    let mechanism = unsafe { (*mechanism).mechanism };
    let detail = format!("mechanism={mechanism:#x} key={key}");
    call("C_SignInit", &detail, |call| {
        let token = token_of(call, session)?;
        if !token.mechanisms.contains(&(mechanism as u64)) {
            return Err(CKR_MECHANISM_INVALID);
        }
        if logged_in(token) != Some(CKU_USER) {
            return Err(CKR_USER_NOT_LOGGED_IN);
        }
        with_process(|process| {
            if let Some(session) = process.sessions.get_mut(&session) {
                session.signing = Some((mechanism, key));
                session.confirmed = false;
            }
        });
        Ok(())
    })
}

pub(crate) unsafe extern "C" fn sign(
    session: CK_SESSION_HANDLE,
    data: *mut u8,
    length: CK_ULONG,
    signature: *mut u8,
    signature_length: *mut CK_ULONG,
) -> CK_RV {
    let data = unsafe { bytes(data, length) }.unwrap_or_default();
    call("C_Sign", &format!("length={}", data.len()), |call| {
        let token = token_of(call, session)?;
        let (operation, confirmed) = with_process(|process| {
            let session = process.sessions.get_mut(&session);
            let session = session.ok_or(CKR_SESSION_HANDLE_INVALID)?;
            // Asking for the length ends the operation: some modules do that.
            Ok::<_, CK_RV>((session.signing.take(), session.confirmed))
        })?;
        let (mechanism, key) = operation.ok_or(CKR_OPERATION_NOT_INITIALIZED)?;
        let (object, _) = objects::by_handle(token, key).ok_or(CKR_KEY_HANDLE_INVALID)?;
        if object.always_authenticate && !confirmed {
            return Err(CKR_USER_NOT_LOGGED_IN);
        }
        let made = objects::sign(object, mechanism, data)?;
        if object.forgets {
            with_process(|process| process.users.remove(&token.serial));
        }
        unsafe { give(&made, signature, signature_length) }
    })
}

/// Fills a text up with blanks.
fn pad(field: &mut [u8], text: &str) {
    field.fill(b' ');
    for (byte, text) in field.iter_mut().zip(text.as_bytes()) {
        *byte = *text;
    }
}

/// A list in the caller's buffer, or its length.
unsafe fn give<T: Copy>(list: &[T], buffer: *mut T, count: *mut CK_ULONG) -> Answer {
    unsafe {
        let room = *count as usize;
        *count = list.len() as CK_ULONG;
        if buffer.is_null() {
            return Ok(());
        }
        if room < list.len() {
            return Err(CKR_BUFFER_TOO_SMALL);
        }
        ptr::copy_nonoverlapping(list.as_ptr(), buffer, list.len());
    }
    Ok(())
}
