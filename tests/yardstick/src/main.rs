//! An empty Tauri window of the program's size with a page of one gradient, for `cargo xtask bench`.

fn main() {
    let built = tauri::Builder::default()
        .setup(|app| {
            tauri::WebviewWindowBuilder::new(app, "main", tauri::WebviewUrl::default())
                .title("Yardstick")
                .inner_size(1280.0, 800.0)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    if let Err(error) = built {
        eprintln!("yardstick: the window cannot be opened: {error}");
        std::process::exit(1);
    }
}
