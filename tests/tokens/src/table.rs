//! The table of functions, and the functions that the module offers by name.

use crate::{calls, state};
use cryptoki_sys::*;
use std::{ffi::c_void, sync::LazyLock};

static TABLE: LazyLock<CK_FUNCTION_LIST> = LazyLock::new(|| CK_FUNCTION_LIST {
    version: CK_VERSION {
        major: 2,
        minor: 40,
    },
    C_Initialize: Some(calls::initialize),
    C_Finalize: Some(calls::finalize),
    C_GetFunctionList: Some(C_GetFunctionList),
    C_GetSlotList: Some(calls::slot_list),
    C_GetSlotInfo: Some(calls::slot_info),
    C_GetTokenInfo: Some(calls::token_info),
    C_GetMechanismList: Some(calls::mechanism_list),
    C_InitPIN: Some(calls::init_pin),
    C_SetPIN: Some(calls::set_pin),
    C_OpenSession: Some(calls::open_session),
    C_CloseSession: Some(calls::close_session),
    C_Login: Some(calls::login),
    C_Logout: Some(calls::logout),
    C_GetAttributeValue: Some(calls::attribute_value),
    C_FindObjectsInit: Some(calls::find_init),
    C_FindObjects: Some(calls::find),
    C_FindObjectsFinal: Some(calls::find_final),
    C_SignInit: Some(calls::sign_init),
    C_Sign: Some(calls::sign),
    C_WaitForSlotEvent: Some(calls::slot_event),
    // SAFETY: the other fields are functions that may be absent, which zeros stand for.
    ..unsafe { std::mem::zeroed() }
});

/// The only function that every module must offer by name.
///
/// # Safety
/// As PKCS#11 says.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "its name in PKCS#11")]
pub unsafe extern "C" fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    // SAFETY: the caller's pointer. Nobody writes to the table.
    unsafe { *list = (&raw const *TABLE).cast_mut() };
    CKR_OK
}

/// The exact tries, as Aktiv's modules tell them.
///
/// # Safety
/// `info` points to a structure of as many bytes as its first field says.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "its name in those modules")]
pub unsafe extern "C" fn C_EX_GetTokenInfoExtended(slot: CK_SLOT_ID, info: *mut c_void) -> CK_RV {
    let call = match state::begin("C_EX_GetTokenInfoExtended", "") {
        Ok(call) => call,
        Err(code) => return code,
    };
    if !call.script.exact_tries {
        return CKR_FUNCTION_NOT_SUPPORTED;
    }
    let token = match call.token(slot) {
        Ok(token) => token,
        Err(code) => return code,
    };
    let left = state::memory().token(token).tries;
    let fields: *mut CK_ULONG = info.cast();
    // SAFETY: the caller's buffer, whose size is checked before.
    unsafe {
        if *fields < 14 * size_of::<CK_ULONG>() as CK_ULONG {
            return CKR_ARGUMENTS_BAD;
        }
        *fields.add(12) = CK_ULONG::from(token.tries);
        *fields.add(13) = CK_ULONG::from(left);
    }
    CKR_OK
}
