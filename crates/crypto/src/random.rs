/// Fills a buffer from the operating system's generator.
///
/// AWS-LC ends the process itself when the system has no entropy to give, so there is no failure that a caller could
/// handle, and going on with a weak key is not an option.
pub(crate) fn fill(buffer: &mut [u8]) {
    aws_lc_rs::rand::fill(buffer).expect("the operating system's random generator failed");
}
