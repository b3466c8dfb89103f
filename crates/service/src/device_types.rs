//! The kinds of devices that sign in, by number and by name (protocol.md §1.7).

/// The enum identifier of a device type.
pub(crate) fn name(device_type: i32) -> &'static str {
    names(device_type).0
}

/// What a person calls a device type, in mails.
pub(crate) fn in_words(device_type: i32) -> &'static str {
    names(device_type).1
}

/// The number of a device type, which clients give as a number or by name.
pub(crate) fn number(text: &str) -> Option<i32> {
    let text = text.trim();
    let named = || NAMES.iter().position(|(name, _)| name.eq_ignore_ascii_case(text));
    text.parse().ok().or_else(|| i32::try_from(named()?).ok())
}

fn names(device_type: i32) -> (&'static str, &'static str) {
    let known = usize::try_from(device_type).ok().and_then(|at| NAMES.get(at)).copied();
    known.unwrap_or(("UnknownBrowser", "Unknown Browser"))
}

/// By number.
const NAMES: [(&str, &str); 27] = [
    ("Android", "Android"),
    ("iOS", "iOS"),
    ("ChromeExtension", "Chrome Extension"),
    ("FirefoxExtension", "Firefox Extension"),
    ("OperaExtension", "Opera Extension"),
    ("EdgeExtension", "Edge Extension"),
    ("WindowsDesktop", "Windows Desktop"),
    ("MacOsDesktop", "macOS Desktop"),
    ("LinuxDesktop", "Linux Desktop"),
    ("ChromeBrowser", "Chrome"),
    ("FirefoxBrowser", "Firefox"),
    ("OperaBrowser", "Opera"),
    ("EdgeBrowser", "Edge"),
    ("IEBrowser", "Internet Explorer"),
    ("UnknownBrowser", "Unknown Browser"),
    ("AndroidAmazon", "Android (Amazon)"),
    ("UWP", "Windows (UWP)"),
    ("SafariBrowser", "Safari"),
    ("VivaldiBrowser", "Vivaldi"),
    ("VivaldiExtension", "Vivaldi Extension"),
    ("SafariExtension", "Safari Extension"),
    ("SDK", "SDK"),
    ("Server", "Server"),
    ("WindowsCLI", "Windows CLI"),
    ("MacOsCLI", "macOS CLI"),
    ("LinuxCLI", "Linux CLI"),
    ("DuckDuckGoBrowser", "DuckDuckGo"),
];
