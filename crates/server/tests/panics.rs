//! A panic in a server's process, tried in a process of its own: this test started again.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

const CHILD: &str = "OTTLA_TEST_OF_A_PANIC";
const SIGABRT: i32 = 6;

#[test]
fn a_panic_of_any_thread_is_logged_and_ends_the_process() {
    if std::env::var_os(CHILD).is_some() {
        server::init_logging(server::LogFormat::Text);
        server::abort_on_panic();
        let thread = std::thread::Builder::new().name("ottla-net-0".into()).spawn(|| panic!("out of {}", "luck"));
        let _a_process_without_the_hook_gets_here = thread.unwrap().join();
        std::process::exit(0);
    }
    let test = "a_panic_of_any_thread_is_logged_and_ends_the_process";
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.args([test, "--exact", "--nocapture"]).env(CHILD, "1").env_remove("OTTLA_LOG").output().unwrap();
    assert_eq!(output.status.signal(), Some(SIGABRT), "{output:?}");
    let log = String::from_utf8_lossy(&output.stdout);
    let line = log.lines().find(|line| line.contains("a thread panicked")).unwrap();
    assert!(line.contains("ERROR") && line.contains("ottla-net-0") && line.contains("out of luck"), "{line}");
}
