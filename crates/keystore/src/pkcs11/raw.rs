//! A PKCS#11 module in this process, call by call. Only the worker uses this: modules hang and crash.
//!
//! `cryptoki-sys` and not `cryptoki`, because that refuses mechanisms that it does not know, among them GOST.

use cryptoki_sys::*;
use libloading::Library;
use std::{ffi::c_void, path::Path, ptr};

/// An answer of the module other than CKR_OK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rv(pub(super) CK_RV);

/// A loaded module.
pub(super) struct Module {
    list: *const CK_FUNCTION_LIST,
    token_info_extended: Option<TokenInfoExtended>,
    /// Whether C_Finalize is ours to call.
    initialized: bool,
    // Last: the code above lives in it.
    _library: Library,
}

/// `C_EX_GetTokenInfoExtended` of Aktiv's modules: fills a structure of CK_ULONG fields, of which the first holds its size.
type TokenInfoExtended = unsafe extern "C" fn(CK_SLOT_ID, *mut c_void) -> CK_RV;

/// Why a module could not be loaded.
pub(super) enum LoadError {
    /// Not a library, or one that needs others.
    NotALibrary,
    /// No C_GetFunctionList, or another version of PKCS#11.
    NotPkcs11,
    /// C_Initialize failed.
    Initialize(Rv),
}

/// What a token says of itself.
pub(super) struct TokenInfo {
    pub(super) label: String,
    pub(super) manufacturer: String,
    pub(super) model: String,
    pub(super) serial: String,
    pub(super) flags: CK_FLAGS,
    pub(super) min_pin: CK_ULONG,
    pub(super) max_pin: CK_ULONG,
}

/// Exact numbers of tries.
pub(super) struct ExactTries {
    pub(super) left: u32,
    pub(super) max: u32,
}

/// Calls a function of the module's table. CKR_FUNCTION_NOT_SUPPORTED where the table has a hole.
macro_rules! call {
    ($module:expr, $function:ident $(, $argument:expr)*) => {{
        // SAFETY: the table is the module's own and lives as long as the library that `Module` holds; it may be packed,
        // so that the pointer is copied out. The arguments are as PKCS#11 asks for the function; every buffer outlives the call.
        unsafe {
            let function = (*$module.list).$function;
            match function {
                Some(function) => check(function($($argument),*)),
                None => Err(Rv(CKR_FUNCTION_NOT_SUPPORTED)),
            }
        }
    }};
}

impl Module {
    /// Loads a module and initialises it, with locking where it can, without where it cannot.
    pub(super) fn load(path: &Path) -> Result<Self, LoadError> {
        // SAFETY: loading runs the library's own initialisers, and nothing can be known of them: hence the process of
        // its own that we are in. The path is absolute and was chosen by the person or stands in our table.
        let library = unsafe { Library::new(path) }.map_err(|_| LoadError::NotALibrary)?;
        let mut list: *mut CK_FUNCTION_LIST = ptr::null_mut();
        // SAFETY: the type is that of PKCS#11's C_GetFunctionList, which fills in one pointer.
        let rv = unsafe {
            library
                .get::<unsafe extern "C" fn(*mut *mut CK_FUNCTION_LIST) -> CK_RV>(
                    b"C_GetFunctionList\0",
                )
                .map_err(|_| LoadError::NotPkcs11)?(&raw mut list)
        };
        if rv != CKR_OK || list.is_null() {
            return Err(LoadError::NotPkcs11);
        }
        // SAFETY: every version of the table begins with its version.
        let version = unsafe { (*list).version };
        if version.major != 2 || version.minor < 1 {
            return Err(LoadError::NotPkcs11);
        }
        // SAFETY: the type is that of the function's documentation; a module without it has no such symbol.
        let token_info_extended = unsafe {
            library
                .get::<TokenInfoExtended>(b"C_EX_GetTokenInfoExtended\0")
                .ok()
                .map(|symbol| *symbol)
        };
        let mut module = Self {
            list,
            token_info_extended,
            initialized: false,
            _library: library,
        };
        module.initialize().map_err(LoadError::Initialize)?;
        Ok(module)
    }

    fn initialize(&mut self) -> Result<(), Rv> {
        let mut locking = CK_C_INITIALIZE_ARGS {
            CreateMutex: None,
            DestroyMutex: None,
            LockMutex: None,
            UnlockMutex: None,
            flags: CKF_OS_LOCKING_OK,
            pReserved: ptr::null_mut(),
        };
        let first = call!(self, C_Initialize, (&raw mut locking).cast());
        let result = match first {
            Err(Rv(CKR_CANT_LOCK | CKR_NEED_TO_CREATE_THREADS | CKR_ARGUMENTS_BAD)) => {
                call!(self, C_Initialize, ptr::null_mut())
            }
            other => other,
        };
        match result {
            // Somebody else in this process did; then it is not ours to end.
            Err(Rv(CKR_CRYPTOKI_ALREADY_INITIALIZED)) => Ok(()),
            Ok(()) => {
                self.initialized = true;
                Ok(())
            }
            other => other,
        }
    }

    /// Ends the module's work. May hang: the caller has a deadline.
    pub(super) fn finalize(&mut self) {
        if std::mem::take(&mut self.initialized) {
            let _ = call!(self, C_Finalize, ptr::null_mut());
        }
    }

    /// The slots in which something sits.
    pub(super) fn slots(&self) -> Result<Vec<CK_SLOT_ID>, Rv> {
        // A token may come between the two calls.
        for _ in 0..4 {
            let mut count: CK_ULONG = 0;
            call!(
                self,
                C_GetSlotList,
                CK_TRUE,
                ptr::null_mut(),
                &raw mut count
            )?;
            let mut slots: Vec<CK_SLOT_ID> = vec![0; bounded(count)];
            if slots.is_empty() {
                return Ok(slots);
            }
            match call!(
                self,
                C_GetSlotList,
                CK_TRUE,
                slots.as_mut_ptr(),
                &raw mut count
            ) {
                Ok(()) => {
                    slots.truncate(bounded(count));
                    return Ok(slots);
                }
                Err(Rv(CKR_BUFFER_TOO_SMALL)) => {}
                Err(other) => return Err(other),
            }
        }
        Err(Rv(CKR_BUFFER_TOO_SMALL))
    }

    /// The slot's description: usually the reader's name.
    pub(super) fn reader(&self, slot: CK_SLOT_ID) -> Result<String, Rv> {
        // SAFETY: plain data, for which zeros are a value.
        let mut info: CK_SLOT_INFO = unsafe { std::mem::zeroed() };
        call!(self, C_GetSlotInfo, slot, &raw mut info)?;
        let description = info.slotDescription;
        Ok(padded(&description))
    }

    /// What the token in a slot says of itself.
    pub(super) fn token_info(&self, slot: CK_SLOT_ID) -> Result<TokenInfo, Rv> {
        // SAFETY: plain data, for which zeros are a value.
        let mut info: CK_TOKEN_INFO = unsafe { std::mem::zeroed() };
        call!(self, C_GetTokenInfo, slot, &raw mut info)?;
        let (label, manufacturer) = (info.label, info.manufacturerID);
        let (model, serial) = (info.model, info.serialNumber);
        Ok(TokenInfo {
            label: padded(&label),
            manufacturer: padded(&manufacturer),
            model: padded(&model),
            serial: padded(&serial),
            flags: info.flags,
            min_pin: info.ulMinPinLen,
            max_pin: info.ulMaxPinLen,
        })
    }

    /// The exact numbers of tries, from modules that have Aktiv's call for it.
    ///
    /// Source: AktivCo/pkcs11jna, CK_TOKEN_INFO_EXTENDED. Not tried on a real token.
    pub(super) fn exact_tries(&self, slot: CK_SLOT_ID) -> Option<ExactTries> {
        /// Fields before the serial number, then serial number, memory, ATR and its length, class.
        const SIZE: usize = 14 * size_of::<CK_ULONG>()
            + 8
            + 2 * size_of::<CK_ULONG>()
            + 64
            + 2 * size_of::<CK_ULONG>();
        let function = self.token_info_extended?;
        // Larger than any version of the structure.
        let mut fields: [CK_ULONG; 256] = [0; 256];
        *fields.first_mut()? = CK_ULONG::try_from(SIZE).ok()?;
        // SAFETY: the buffer is larger than the size that it says, and aligned for its fields.
        let rv = unsafe { function(slot, fields.as_mut_ptr().cast()) };
        check(rv).ok()?;
        let max = u32::try_from(*fields.get(12)?).ok()?;
        let left = u32::try_from(*fields.get(13)?).ok()?;
        (left <= max && (1..=100).contains(&max)).then_some(ExactTries { left, max })
    }

    /// The mechanisms of a slot, known and unknown.
    pub(super) fn mechanisms(&self, slot: CK_SLOT_ID) -> Result<Vec<CK_MECHANISM_TYPE>, Rv> {
        let mut count: CK_ULONG = 0;
        call!(
            self,
            C_GetMechanismList,
            slot,
            ptr::null_mut(),
            &raw mut count
        )?;
        let mut list: Vec<CK_MECHANISM_TYPE> = vec![0; bounded(count)];
        call!(
            self,
            C_GetMechanismList,
            slot,
            list.as_mut_ptr(),
            &raw mut count
        )?;
        list.truncate(bounded(count));
        Ok(list)
    }

    /// Whether the module has seen a token come or go; `None` where it cannot tell. Does not wait.
    pub(super) fn slot_event(&self) -> Option<bool> {
        let mut slot: CK_SLOT_ID = 0;
        let mut any = false;
        // Every slot may have one, and a broken module has one for ever.
        for _ in 0..64 {
            match call!(
                self,
                C_WaitForSlotEvent,
                CKF_DONT_BLOCK,
                &raw mut slot,
                ptr::null_mut()
            ) {
                Ok(()) => any = true,
                Err(Rv(CKR_NO_EVENT)) => return Some(any),
                Err(_) => return None,
            }
        }
        Some(any)
    }

    /// Opens a session.
    pub(super) fn open(&self, slot: CK_SLOT_ID, write: bool) -> Result<CK_SESSION_HANDLE, Rv> {
        let flags = CKF_SERIAL_SESSION | if write { CKF_RW_SESSION } else { 0 };
        let mut session: CK_SESSION_HANDLE = 0;
        call!(
            self,
            C_OpenSession,
            slot,
            flags,
            ptr::null_mut(),
            None,
            &raw mut session
        )?;
        Ok(session)
    }

    /// Closes a session; what is closed already stays so.
    pub(super) fn close(&self, session: CK_SESSION_HANDLE) {
        let _ = call!(self, C_CloseSession, session);
    }

    /// Gives a PIN; `None` has it typed at the PIN pad.
    pub(super) fn login(
        &self,
        session: CK_SESSION_HANDLE,
        user: CK_USER_TYPE,
        pin: Option<&[u8]>,
    ) -> Result<(), Rv> {
        let (pointer, length) = secret(pin)?;
        call!(self, C_Login, session, user, pointer, length)
    }

    /// Takes the log-in back.
    pub(super) fn logout(&self, session: CK_SESSION_HANDLE) {
        let _ = call!(self, C_Logout, session);
    }

    /// Replaces the PIN; both `None` at a PIN pad.
    pub(super) fn set_pin(
        &self,
        session: CK_SESSION_HANDLE,
        old: Option<&[u8]>,
        new: Option<&[u8]>,
    ) -> Result<(), Rv> {
        let ((old, old_length), (new, new_length)) = (secret(old)?, secret(new)?);
        call!(self, C_SetPIN, session, old, old_length, new, new_length)
    }

    /// Sets the user's PIN, as the security officer.
    pub(super) fn init_pin(
        &self,
        session: CK_SESSION_HANDLE,
        new: Option<&[u8]>,
    ) -> Result<(), Rv> {
        let (new, length) = secret(new)?;
        call!(self, C_InitPIN, session, new, length)
    }

    /// The objects of a class, all of them.
    pub(super) fn find(
        &self,
        session: CK_SESSION_HANDLE,
        class: CK_OBJECT_CLASS,
    ) -> Result<Vec<CK_OBJECT_HANDLE>, Rv> {
        /// More than any token holds: a module that never ends is no reason to.
        const MAX_OBJECTS: usize = 4096;
        let mut class = class;
        let mut template = [CK_ATTRIBUTE {
            type_: CKA_CLASS,
            pValue: (&raw mut class).cast(),
            ulValueLen: size_of::<CK_OBJECT_CLASS>() as CK_ULONG,
        }];
        call!(self, C_FindObjectsInit, session, template.as_mut_ptr(), 1)?;
        let mut objects = Vec::new();
        let outcome = loop {
            let mut page: [CK_OBJECT_HANDLE; 32] = [0; 32];
            let mut count: CK_ULONG = 0;
            match call!(
                self,
                C_FindObjects,
                session,
                page.as_mut_ptr(),
                32,
                &raw mut count
            ) {
                Ok(()) if count == 0 || objects.len() > MAX_OBJECTS => break Ok(objects),
                Ok(()) => objects.extend(page.iter().take(bounded(count))),
                Err(error) => break Err(error),
            }
        };
        let _ = call!(self, C_FindObjectsFinal, session);
        outcome
    }

    /// One attribute of an object. One by one, because many modules fail a whole template over one that they do not know.
    pub(super) fn attribute(
        &self,
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        attribute: CK_ATTRIBUTE_TYPE,
    ) -> Option<Vec<u8>> {
        /// More than any certificate.
        const MAX_VALUE: usize = 1 << 20;
        let fill = |template: &mut CK_ATTRIBUTE| {
            call!(self, C_GetAttributeValue, session, object, template, 1)
        };
        let mut template = CK_ATTRIBUTE {
            type_: attribute,
            pValue: ptr::null_mut(),
            ulValueLen: 0,
        };
        fill(&mut template).ok()?;
        // CK_UNAVAILABLE_INFORMATION is the largest number there is.
        let length = usize::try_from(template.ulValueLen)
            .ok()
            .filter(|length| *length <= MAX_VALUE)?;
        let mut value = vec![0; length];
        template.pValue = value.as_mut_ptr().cast();
        fill(&mut template).ok()?;
        let length = usize::try_from(template.ulValueLen).ok()?;
        (length <= value.len()).then(|| {
            value.truncate(length);
            value
        })
    }

    /// An attribute that is a number.
    pub(super) fn number(
        &self,
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        attribute: CK_ATTRIBUTE_TYPE,
    ) -> Option<CK_ULONG> {
        let value = self.attribute(session, object, attribute)?;
        Some(CK_ULONG::from_ne_bytes(value.try_into().ok()?))
    }

    /// An attribute that is yes or no; absent is no.
    pub(super) fn flag(
        &self,
        session: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
        attribute: CK_ATTRIBUTE_TYPE,
    ) -> bool {
        self.attribute(session, object, attribute)
            .is_some_and(|value| value.first().is_some_and(|byte| *byte != 0))
    }

    /// Signs. `confirm` is called between C_SignInit and C_Sign, for keys that want the PIN there.
    ///
    /// The length is not asked for first: some modules end the operation when it is.
    pub(super) fn sign(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: CK_MECHANISM_TYPE,
        key: CK_OBJECT_HANDLE,
        data: &[u8],
        confirm: impl FnOnce() -> Result<(), Rv>,
    ) -> Result<Vec<u8>, Rv> {
        /// RSA-8192; GOST has 128 at most.
        const MAX_SIGNATURE: usize = 1024;
        let mut mechanism = CK_MECHANISM {
            mechanism,
            pParameter: ptr::null_mut(),
            ulParameterLen: 0,
        };
        call!(self, C_SignInit, session, &raw mut mechanism, key)?;
        confirm()?;
        let mut signature = vec![0; MAX_SIGNATURE];
        let mut length = MAX_SIGNATURE as CK_ULONG;
        // C_Sign takes a pointer that may write, and does not.
        let mut data = data.to_vec();
        call!(
            self,
            C_Sign,
            session,
            data.as_mut_ptr(),
            data.len() as CK_ULONG,
            signature.as_mut_ptr(),
            &raw mut length
        )?;
        signature.truncate(bounded(length));
        Ok(signature)
    }
}

fn check(rv: CK_RV) -> Result<(), Rv> {
    if rv == CKR_OK { Ok(()) } else { Err(Rv(rv)) }
}

/// Counts and lengths that a module states, cut to what can be true.
fn bounded(count: CK_ULONG) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX).min(4096)
}

/// A PIN as PKCS#11 takes it; no PIN is the null pointer. The pointer may write by its type only.
fn secret(pin: Option<&[u8]>) -> Result<(*mut u8, CK_ULONG), Rv> {
    Ok(match pin {
        Some(pin) => (
            pin.as_ptr().cast_mut(),
            CK_ULONG::try_from(pin.len()).map_err(|_| Rv(CKR_PIN_LEN_RANGE))?,
        ),
        None => (ptr::null_mut(), 0),
    })
}

/// A text that is filled up with blanks (or, against the standard, zeros).
fn padded(text: &[u8]) -> String {
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(text).trim_end().to_owned()
}
