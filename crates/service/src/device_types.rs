//! The kinds of devices that sign in, by number and by name (protocol.md §1.7).

/// The enum identifier of a device type.
pub(crate) fn name(device_type: i32) -> &'static str {
    usize::try_from(device_type).ok().and_then(|at| NAMES.get(at)).copied().unwrap_or("UnknownBrowser")
}

/// The number of a device type, which clients give as a number or by name.
pub(crate) fn number(text: &str) -> Option<i32> {
    let text = text.trim();
    let named = || NAMES.iter().position(|name| name.eq_ignore_ascii_case(text));
    text.parse().ok().or_else(|| i32::try_from(named()?).ok())
}

/// By number.
const NAMES: [&str; 27] = [
    "Android",
    "iOS",
    "ChromeExtension",
    "FirefoxExtension",
    "OperaExtension",
    "EdgeExtension",
    "WindowsDesktop",
    "MacOsDesktop",
    "LinuxDesktop",
    "ChromeBrowser",
    "FirefoxBrowser",
    "OperaBrowser",
    "EdgeBrowser",
    "IEBrowser",
    "UnknownBrowser",
    "AndroidAmazon",
    "UWP",
    "SafariBrowser",
    "VivaldiBrowser",
    "VivaldiExtension",
    "SafariExtension",
    "SDK",
    "Server",
    "WindowsCLI",
    "MacOsCLI",
    "LinuxCLI",
    "DuckDuckGoBrowser",
];
