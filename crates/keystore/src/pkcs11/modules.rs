//! Where PKCS#11 modules are: where their makers install them, where p11-kit's files say, and where the person says.

use crate::TokenError;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// More than any `.module` file.
const MAX_CONFIG_BYTES: u64 = 64 << 10;
/// The name by which p11-kit's files may allow or forbid us a module.
const PROGRAM: &str = "tanba";

/// The folders in which modules and p11-kit's files are looked for.
#[derive(Debug, Clone, Default)]
pub struct ModulePlaces {
    /// Modules of known makers, most specific first.
    pub makers: Vec<PathBuf>,
    /// Folders with p11-kit's `*.module` files; later ones override earlier ones.
    pub p11_kit: Vec<PathBuf>,
    /// Folders in which p11-kit's relative names are.
    pub libraries: Vec<PathBuf>,
    /// OpenSC, which reads many cards and comes after everything that knows its own better.
    pub opensc: Vec<PathBuf>,
}

impl ModulePlaces {
    /// The usual places of this system.
    ///
    /// Source: installation packages and public programs that load these modules; the makers of KAZTOKEN, aKey and the
    /// national identity card publish no name, so that people choose those by themselves.
    #[must_use]
    pub fn usual() -> Self {
        platform::usual()
    }
}

/// The modules that are there: those that the person chose, those of known makers, those that p11-kit lists, and OpenSC.
/// Absolute paths, each once. Nothing is loaded, and nothing is asked over the network.
#[must_use]
pub fn find_modules(chosen: &[PathBuf], places: &ModulePlaces) -> Vec<PathBuf> {
    let (opensc, listed): (Vec<_>, Vec<_>) = p11_kit(&places.p11_kit, &places.libraries)
        .into_iter()
        .partition(|path| names(path, "opensc"));
    let candidates = chosen
        .iter()
        .chain(&places.makers)
        .chain(&listed)
        .chain(&opensc)
        .chain(&places.opensc);
    let (mut modules, mut seen) = (Vec::new(), Vec::new());
    for path in candidates.filter(|path| path.is_absolute() && path.is_file()) {
        let Ok(canonical) = path.canonicalize() else {
            continue;
        };
        // OpenSC installs the same file in two folders.
        let same = |known: &PathBuf| {
            *known == canonical || (names(known, "opensc") && names(&canonical, "opensc"))
        };
        if !seen.iter().any(same) {
            seen.push(canonical);
            modules.push(path.clone());
        }
    }
    modules
}

fn names(path: &Path, what: &str) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().to_lowercase().contains(what))
}

/// The modules of p11-kit's files that are for us: not the proxy that mixes all of them, not lists of trusted
/// authorities, and nothing that p11-kit would run.
///
/// Source: pkcs11.conf(5).
fn p11_kit(folders: &[PathBuf], libraries: &[PathBuf]) -> Vec<PathBuf> {
    let mut files: BTreeMap<_, BTreeMap<String, String>> = BTreeMap::new();
    for folder in folders {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path
                .extension()
                .is_none_or(|extension| extension != "module")
            {
                continue;
            }
            let fields = files.entry(entry.file_name()).or_default();
            fields.extend(read_fields(&path));
        }
    }
    let mut modules = Vec::new();
    for fields in files.into_values() {
        let listed = |field: &str| {
            let names = fields.get(field)?;
            Some(names.split([',', ' ']).any(|name| name.trim() == PROGRAM))
        };
        let forbidden = listed("disable-in") == Some(true) || listed("enable-in") == Some(false);
        let Some(module) = fields.get("module").filter(|module| !module.is_empty()) else {
            continue;
        };
        let path = Path::new(module);
        if forbidden
            || fields.contains_key("remote")
            || fields.get("trust-policy").is_some_and(|it| it == "yes")
            || names(path, "p11-kit")
        {
            continue;
        }
        if path.is_absolute() {
            modules.push(path.to_owned());
        } else if let Some(found) = libraries
            .iter()
            .map(|folder| folder.join(path))
            .find(|path| path.is_file())
        {
            modules.push(found);
        }
    }
    modules
}

fn read_fields(path: &Path) -> Vec<(String, String)> {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_CONFIG_BYTES).read_to_end(&mut text));
    if read.is_err() {
        return Vec::new();
    }
    String::from_utf8_lossy(&text)
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect()
}

/// Whether a file is a library for the processor that this program runs on. Loading one for another is the commonest
/// failure, and the system's own words for it help nobody.
///
/// # Errors
/// [`TokenError::ModuleMissing`], [`TokenError::NotAModule`], [`TokenError::OtherProcessor`].
pub(super) fn processor_fits(module: &Path) -> Result<(), TokenError> {
    let mut head = Vec::new();
    File::open(module)
        .and_then(|file| file.take(4096).read_to_end(&mut head))
        .map_err(|_| TokenError::ModuleMissing)?;
    let processors = processors(&head).ok_or(TokenError::NotAModule)?;
    if processors.contains(&std::env::consts::ARCH) {
        Ok(())
    } else {
        Err(TokenError::OtherProcessor)
    }
}

/// The processors that a library was built for, by the names that Rust has for them; those that it has none for are left
/// out. `None` when it is no library at all.
///
/// Source: ELF e_machine; PE/COFF Machine; Mach-O cputype.
pub(super) fn processors(head: &[u8]) -> Option<Vec<&'static str>> {
    let at = |offset: usize, width: usize| head.get(offset..offset.checked_add(width)?);
    let little = |offset, width| {
        at(offset, width).map(|bytes| {
            bytes
                .iter()
                .rev()
                .fold(0_u64, |n, b| n << 8 | u64::from(*b))
        })
    };
    let big = |offset, width| {
        at(offset, width).map(|bytes| bytes.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b)))
    };
    let mac = |cpu: u64| match cpu {
        0x0100_0007 => Some("x86_64"),
        0x0100_000c => Some("aarch64"),
        _ => None,
    };
    if head.starts_with(b"\x7fELF") {
        // x32 has 64-bit code in a 32-bit file.
        let wide = little(4, 1)? == 2;
        let name = match little(18, 2)? {
            62 if wide => Some("x86_64"),
            183 if wide => Some("aarch64"),
            243 if wide => Some("riscv64"),
            258 if wide => Some("loongarch64"),
            3 => Some("x86"),
            40 => Some("arm"),
            _ => None,
        };
        return Some(name.into_iter().collect());
    }
    if head.starts_with(b"MZ") {
        let header = usize::try_from(little(0x3c, 4)?).ok()?;
        if at(header, 4)? != b"PE\0\0" {
            return None;
        }
        let name = match little(header.checked_add(4)?, 2)? {
            0x8664 => Some("x86_64"),
            0xaa64 => Some("aarch64"),
            0x14c => Some("x86"),
            _ => None,
        };
        return Some(name.into_iter().collect());
    }
    match big(0, 4)? {
        0xcffa_edfe => Some(mac(little(4, 4)?).into_iter().collect()),
        0xcafe_babe => {
            let count = usize::try_from(big(4, 4)?).ok()?.min(16);
            let cpus = (0..count).filter_map(|index| mac(big(8 + 20 * index, 4)?));
            Some(cpus.collect())
        }
        _ => None,
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use super::ModulePlaces;
    use std::{env::consts::ARCH, path::PathBuf};

    pub(super) fn usual() -> ModulePlaces {
        let multiarch = format!("/usr/lib/{ARCH}-linux-gnu");
        let folders = [
            multiarch.as_str(),
            "/usr/lib64",
            "/usr/lib",
            "/usr/local/lib",
        ];
        let below = |name: &str| {
            let name = name.to_owned();
            folders
                .iter()
                .flat_map(move |folder| {
                    [
                        PathBuf::from(folder).join(&name),
                        PathBuf::from(folder).join("pkcs11").join(&name),
                    ]
                })
                .collect::<Vec<_>>()
        };
        let mut makers = Vec::new();
        for name in [
            "librtpkcs11ecp.so",
            "libeTPkcs11.so",
            "libIDPrimePKCS11.so",
            "libeToken.so",
            "libjcPKCS11-2.so",
            "libjcPKCS11.so",
            "libASEP11.so",
        ] {
            makers.extend(below(name));
        }
        for folder in ["/opt/aktivco/rutokenecp", "/opt/rutoken"] {
            let folder = PathBuf::from(folder);
            makers.push(folder.join(ARCH).join("librtpkcs11ecp.so"));
            makers.push(folder.join("librtpkcs11ecp.so"));
        }
        let mut p11_kit = vec![
            PathBuf::from("/usr/share/p11-kit/modules"),
            PathBuf::from("/etc/pkcs11/modules"),
        ];
        if let Some(dirs) = directories::BaseDirs::new() {
            p11_kit.push(dirs.config_dir().join("pkcs11/modules"));
        }
        ModulePlaces {
            makers,
            p11_kit,
            libraries: folders
                .iter()
                .flat_map(|folder| [PathBuf::from(folder).join("pkcs11"), PathBuf::from(folder)])
                .collect(),
            opensc: below("opensc-pkcs11.so"),
        }
    }
}

/// Written for Windows, not run there.
#[cfg(windows)]
mod platform {
    use super::ModulePlaces;
    use std::{env, path::PathBuf};

    pub(super) fn usual() -> ModulePlaces {
        // The system redirects a 32-bit program by itself.
        let system = env::var_os("SystemRoot")
            .map_or_else(|| PathBuf::from(r"C:\Windows"), PathBuf::from)
            .join("System32");
        let makers = [
            "rtPKCS11ECP.dll",
            "eTPKCS11.dll",
            "IDPrimePKCS11.dll",
            "jcPKCS11-2.dll",
            "jcPKCS11.dll",
            "asepkcs.dll",
        ];
        let opensc = env::var_os("ProgramFiles").map(|folder| {
            PathBuf::from(folder).join(r"OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll")
        });
        ModulePlaces {
            makers: makers.iter().map(|name| system.join(name)).collect(),
            p11_kit: Vec::new(),
            libraries: Vec::new(),
            opensc: opensc.into_iter().collect(),
        }
    }
}

/// Written for macOS, not run there.
#[cfg(target_os = "macos")]
mod platform {
    use super::ModulePlaces;
    use std::path::PathBuf;

    pub(super) fn usual() -> ModulePlaces {
        let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
        ModulePlaces {
            makers: paths(&[
                "/Library/Frameworks/rtpkcs11ecp.framework/rtpkcs11ecp",
                "/usr/local/lib/librtpkcs11ecp.dylib",
                "/usr/local/lib/libeTPkcs11.dylib",
                "/usr/local/lib/pkcs11/libeTPkcs11.dylib",
                "/Library/Frameworks/eToken.framework/Versions/Current/libeToken.dylib",
                "/Library/Frameworks/eToken.framework/Versions/Current/libIDPrimePKCS11.dylib",
                "/Library/Frameworks/jcPKCS11-2.framework/jcPKCS11-2",
            ]),
            p11_kit: paths(&[
                "/opt/homebrew/share/p11-kit/modules",
                "/opt/homebrew/etc/pkcs11/modules",
            ]),
            libraries: paths(&["/opt/homebrew/lib/pkcs11", "/usr/local/lib/pkcs11"]),
            opensc: paths(&[
                "/Library/OpenSC/lib/opensc-pkcs11.so",
                "/opt/homebrew/lib/pkcs11/opensc-pkcs11.so",
            ]),
        }
    }
}

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
mod platform {
    pub(super) fn usual() -> super::ModulePlaces {
        super::ModulePlaces::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p11_kit_files_are_read_as_its_manual_says() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["package", "user", "lib"] {
            fs::create_dir(at(name)).unwrap();
        }
        for name in [
            "a.so",
            "b.so",
            "c.so",
            "opensc-pkcs11.so",
            "p11-kit-proxy.so",
        ] {
            fs::write(at("lib").join(name), "").unwrap();
        }
        let config = |name: &str, text: &str| fs::write(at(name), text).unwrap();
        config("package/1.module", "# opensc\nmodule: opensc-pkcs11.so\n");
        config("package/2.module", "module: a.so\ncritical: no\n");
        config(
            "package/3.module",
            "module: b.so\nenable-in: firefox, thunderbird\n",
        );
        config("package/4.module", "module: c.so\ndisable-in: tanba\n");
        config("package/5.module", "module: gone.so\n");
        config("package/6.module", "module: p11-kit-proxy.so\n");
        config(
            "package/7.module",
            "remote: |ssh host p11-kit remote x\nmodule: a.so\n",
        );
        config("package/notes.txt", "module: c.so\n");
        config("user/4.module", "disable-in:\n");
        let places = ModulePlaces {
            p11_kit: ["package", "user"].map(at).to_vec(),
            libraries: vec![at("lib")],
            ..ModulePlaces::default()
        };
        let names: Vec<_> = find_modules(&[at("lib/b.so"), at("missing.so")], &places)
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["b.so", "a.so", "c.so", "opensc-pkcs11.so"]);
    }

    #[test]
    fn a_module_for_another_processor_is_told_from_one_that_is_none() {
        let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
        elf.resize(64, 0);
        elf[18] = 62;
        assert_eq!(processors(&elf), Some(vec!["x86_64"]));
        elf[18] = 183;
        assert_eq!(processors(&elf), Some(vec!["aarch64"]));
        elf[4] = 1;
        elf[18] = 3;
        assert_eq!(processors(&elf), Some(vec!["x86"]));
        let mut pe = b"MZ".to_vec();
        pe.resize(0x40, 0);
        pe[0x3c] = 0x40;
        pe.extend(b"PE\0\0\x64\x86");
        assert_eq!(processors(&pe), Some(vec!["x86_64"]));
        let mut mach = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2];
        for cpu in [0x0100_0007_u32, 0x0100_000c] {
            mach.extend(cpu.to_be_bytes());
            mach.extend([0; 16]);
        }
        assert_eq!(processors(&mach), Some(vec!["x86_64", "aarch64"]));
        for other in [&b""[..], b"\x7fEL", b"MZ", b"#!/bin/sh", b"\x7fELF\x02"] {
            assert_eq!(processors(other), None);
        }
        assert_eq!(
            processor_fits(Path::new("/no/such/module.so")),
            Err(TokenError::ModuleMissing)
        );
    }
}
