//! The one window: made hidden, brought up for a request, hidden again.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tauri::webview::NewWindowResponse;
use tauri::window::Color;
use tauri::{
    App, AppHandle, LogicalSize, Manager, PhysicalPosition, PhysicalSize, Theme, Url,
    UserAttentionType, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
};

use crate::{Started, automation};

/// The label that the capability file names.
const LABEL: &str = "main";

/// Smallest useful size: everything can be reached by scrolling.
const SMALLEST: Size = Size {
    width: 480.0,
    height: 420.0,
};

/// Room for one document and three keys.
const USUAL: Size = Size {
    width: 600.0,
    height: 720.0,
};

/// Width and height inside the frame, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Size {
    width: f64,
    height: f64,
}

/// Makes the window, hidden.
///
/// # Errors
/// When the system has no web engine or no display.
pub(crate) fn create(app: &App) -> tauri::Result<WebviewWindow> {
    let size = remembered(app.handle()).unwrap_or(USUAL);
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Tanba")
        .visible(false)
        .resizable(true)
        .min_inner_size(SMALLEST.width, SMALLEST.height)
        .inner_size(size.width, size.height)
        .prevent_overflow()
        .disable_drag_drop_handler()
        .general_autofill_enabled(false)
        // Nothing of a page stays on the disk. An automated window must share its context with the driver.
        .incognito(!automation::allowed())
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    // Until the first paint the engine shows this instead of white.
    let ground = match window.theme()? {
        Theme::Dark => Color(0x12, 0x18, 0x1e, 0xff),
        _ => Color(0xf5, 0xf7, 0xf9, 0xff),
    };
    window.set_background_color(Some(ground))?;
    paint_without_a_graphics_card(&window)?;
    Ok(window)
}

/// A form needs no graphics card, and WebKitGTK takes a third of its start to look for one.
#[cfg(target_os = "linux")]
fn paint_without_a_graphics_card(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// The engines of Windows and macOS share what the system has started already.
#[cfg(not(target_os = "linux"))]
fn paint_without_a_graphics_card(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Only the embedded page is ever loaded.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Shows the window in front of everything and asks for the keyboard.
///
/// # Errors
/// When the desktop refuses.
pub(crate) fn raise(window: &WebviewWindow, title: &str) -> tauri::Result<()> {
    window.set_title(title)?;
    if !window.is_visible()? {
        centre(window)?;
    }
    window.set_always_on_top(true)?;
    window.show()?;
    window.unminimize()?;
    window.set_focus()?;
    // Where the desktop gives no focus, the task bar at least blinks.
    window.request_user_attention(Some(UserAttentionType::Critical))
}

/// Shows the window without taking the keyboard or the place above others.
///
/// # Errors
/// When the desktop refuses.
pub(crate) fn appear(window: &WebviewWindow, title: &str) -> tauri::Result<()> {
    window.set_title(title)?;
    if !window.is_visible()? {
        centre(window)?;
    }
    window.set_always_on_top(false)?;
    window.show()?;
    window.request_user_attention(Some(UserAttentionType::Informational))
}

/// Puts the hidden window into the middle of the screen. A window that was never shown does not know its size yet,
/// so Tauri's own centring would miss.
fn centre(window: &WebviewWindow) -> tauri::Result<()> {
    let Some(monitor) = window.current_monitor()?.or(window.primary_monitor()?) else {
        return Ok(());
    };
    let area = monitor.work_area();
    let size = remembered(window.app_handle()).unwrap_or(USUAL);
    let size: PhysicalSize<u32> =
        LogicalSize::new(size.width, size.height).to_physical(monitor.scale_factor());
    let middle = |start: i32, room: u32, taken: u32| {
        start + i32::try_from(room.saturating_sub(taken) / 2).unwrap_or(0)
    };
    window.set_position(PhysicalPosition::new(
        middle(area.position.x, area.size.width, size.width),
        middle(area.position.y, area.size.height, size.height),
    ))
}

/// Takes the window off the screen; a window without an agent ends with it.
///
/// # Errors
/// When the desktop refuses.
pub(crate) fn hide(window: &WebviewWindow, started: Started) -> tauri::Result<()> {
    remember(window);
    window.set_always_on_top(false)?;
    window.hide()?;
    if started == Started::ByHand {
        window.app_handle().exit(0);
    }
    Ok(())
}

/// Keeps the size for next time. A size that cannot be kept is not worth a word.
fn remember(window: &WebviewWindow) {
    let (Ok(physical), Ok(scale), Some(file)) = (
        window.inner_size(),
        window.scale_factor(),
        size_file(window.app_handle()),
    ) else {
        return;
    };
    let LogicalSize { width, height } = physical.to_logical::<f64>(scale);
    let size = Size { width, height };
    if remembered(window.app_handle()) == Some(size) || window.is_maximized().unwrap_or(true) {
        return;
    }
    if let (Some(folder), Ok(text)) = (file.parent(), serde_json::to_string(&size)) {
        let _ = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, text));
    }
}

fn remembered(app: &AppHandle) -> Option<Size> {
    let text = std::fs::read_to_string(size_file(app)?).ok()?;
    parse_size(&text)
}

/// Reads a kept size; one that no screen has is not believed.
fn parse_size(text: &str) -> Option<Size> {
    let size: Size = serde_json::from_str(text).ok()?;
    let fits = (SMALLEST.width..=8192.0).contains(&size.width)
        && (SMALLEST.height..=8192.0).contains(&size.height);
    fits.then_some(size)
}

fn size_file(app: &AppHandle) -> Option<PathBuf> {
    Some(app.path().app_config_dir().ok()?.join("size.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_the_embedded_page_and_nothing_else() {
        assert!(is_ours(
            &Url::parse("tauri://localhost/index.html").unwrap()
        ));
        for other in [
            "https://egov.kz/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "tauri://other/",
        ] {
            assert!(!is_ours(&Url::parse(other).unwrap()), "{other}");
        }
    }

    #[test]
    fn believes_only_sizes_that_a_screen_can_have() {
        assert_eq!(
            parse_size("{\"width\":640,\"height\":500.5}"),
            Some(Size {
                width: 640.0,
                height: 500.5
            })
        );
        for odd in [
            "",
            "{}",
            "{\"width\":10,\"height\":500}",
            "{\"width\":1e300,\"height\":500}",
        ] {
            assert_eq!(parse_size(odd), None, "{odd}");
        }
    }
}
