//! The C functions, and the objects that every client needs.

use libloading::Library;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::null_mut;

const LIBRARY: &str = "librdkafka.so.1";
pub(super) const PRODUCER: c_int = 0;
pub(super) const CONSUMER: c_int = 1;
pub(super) const ANY_PARTITION: i32 = -1;
pub(super) const FROM_BEGINNING: i64 = -2;
pub(super) const COPY_PAYLOAD: c_int = 2;
pub(super) const QUEUE_FULL: c_int = -184;

/// Objects of librdkafka, which only it looks into.
pub(super) type Object = *mut c_void;

/// `rd_kafka_message_t`, whose fields librdkafka's ABI fixes.
#[repr(C)]
pub(super) struct RawMessage {
    pub(super) error: c_int,
    pub(super) topic: Object,
    pub(super) partition: i32,
    pub(super) payload: *const u8,
    pub(super) payload_bytes: usize,
    pub(super) key: *const u8,
    pub(super) key_bytes: usize,
    pub(super) offset: i64,
    pub(super) private: *mut c_void,
}

pub(super) type Delivered = unsafe extern "C" fn(Object, *const RawMessage, *mut c_void);

macro_rules! functions {
    ($($name:ident: fn($($argument:ty),*) $(-> $answer:ty)?;)*) => {
        /// The functions that are used here, by their C names.
        pub struct Api {
            $(pub(super) $name: unsafe extern "C" fn($($argument),*) $(-> $answer)?,)*
            /// Keeps the functions in memory.
            _library: Library,
        }

        impl Api {
            /// Loads the library, if this machine has it.
            pub fn load() -> Result<Api, String> {
                // SAFETY: librdkafka's initialisers touch nothing of this process.
                let library = unsafe { Library::new(LIBRARY) }.map_err(|error| error.to_string())?;
                // SAFETY: the types are those of rdkafka.h, stable since version 1.0.
                $(let $name = *unsafe { library.get(stringify!($name).as_bytes()) }.map_err(|error| error.to_string())?;)*
                Ok(Api { $($name,)* _library: library })
            }
        }
    };
}

functions! {
    rd_kafka_version_str: fn() -> *const c_char;
    rd_kafka_last_error: fn() -> c_int;
    rd_kafka_err2str: fn(c_int) -> *const c_char;
    rd_kafka_conf_new: fn() -> Object;
    rd_kafka_conf_destroy: fn(Object);
    rd_kafka_conf_set: fn(Object, *const c_char, *const c_char, *mut c_char, usize) -> c_int;
    rd_kafka_conf_set_opaque: fn(Object, *mut c_void);
    rd_kafka_conf_set_dr_msg_cb: fn(Object, Delivered);
    rd_kafka_new: fn(c_int, Object, *mut c_char, usize) -> Object;
    rd_kafka_destroy: fn(Object);
    rd_kafka_topic_new: fn(Object, *const c_char, Object) -> Object;
    rd_kafka_topic_destroy: fn(Object);
    rd_kafka_produce: fn(Object, i32, c_int, *const u8, usize, *const u8, usize, *mut c_void) -> c_int;
    rd_kafka_poll: fn(Object, c_int) -> c_int;
    rd_kafka_flush: fn(Object, c_int) -> c_int;
    rd_kafka_queue_new: fn(Object) -> Object;
    rd_kafka_queue_destroy: fn(Object);
    rd_kafka_consume_start_queue: fn(Object, i32, i64, Object) -> c_int;
    rd_kafka_consume_stop: fn(Object, i32) -> c_int;
    rd_kafka_consume_queue: fn(Object, c_int) -> *mut RawMessage;
    rd_kafka_consume_batch_queue: fn(Object, c_int, *mut *mut RawMessage, usize) -> isize;
    rd_kafka_message_destroy: fn(*mut RawMessage);
}

impl Api {
    pub fn version(&self) -> String {
        // SAFETY: the answer is a static string.
        unsafe { CStr::from_ptr((self.rd_kafka_version_str)()) }.to_string_lossy().into_owned()
    }

    pub(super) fn error(&self, what: &str, code: c_int) -> String {
        // SAFETY: the answer is a static string for every number.
        let text = unsafe { CStr::from_ptr((self.rd_kafka_err2str)(code)) };
        format!("librdkafka: {what}: {}", text.to_string_lossy())
    }

    /// A client of a kind. Reports of deliveries go to the function together with the pointer, which has to stay valid
    /// as long as the client.
    pub(super) fn client(
        &self,
        kind: c_int,
        settings: &[(&str, &str)],
        report: Option<(Delivered, *mut c_void)>,
    ) -> Result<Object, String> {
        let mut message: [c_char; 512] = [0; 512];
        // SAFETY: a new configuration object, which is ours until rd_kafka_new takes it or we destroy it.
        let configuration = unsafe { (self.rd_kafka_conf_new)() };
        for (key, value) in settings {
            let (key_text, value_text) = (c_text(key)?, c_text(value)?);
            // SAFETY: valid object, two C strings, and a buffer with its true length.
            let result = unsafe {
                let (key, value) = (key_text.as_ptr(), value_text.as_ptr());
                (self.rd_kafka_conf_set)(configuration, key, value, message.as_mut_ptr(), message.len())
            };
            if result != 0 {
                // SAFETY: still ours.
                unsafe { (self.rd_kafka_conf_destroy)(configuration) };
                return Err(format!("librdkafka: setting {key}={value}: {}", text_of(&message)));
            }
        }
        if let Some((delivered, tally)) = report {
            // SAFETY: valid object; function and pointer fit each other by this function's contract.
            unsafe {
                (self.rd_kafka_conf_set_opaque)(configuration, tally);
                (self.rd_kafka_conf_set_dr_msg_cb)(configuration, delivered);
            }
        }
        // SAFETY: takes over the configuration when it succeeds.
        let client = unsafe { (self.rd_kafka_new)(kind, configuration, message.as_mut_ptr(), message.len()) };
        if client.is_null() {
            // SAFETY: the configuration stays ours after a failure.
            unsafe { (self.rd_kafka_conf_destroy)(configuration) };
            return Err(format!("librdkafka: new client: {}", text_of(&message)));
        }
        Ok(client)
    }

    pub(super) fn topic(&self, client: Object, name: &str) -> Result<Object, String> {
        let name = c_text(name)?;
        // SAFETY: valid client and C string; no configuration of its own.
        let topic = unsafe { (self.rd_kafka_topic_new)(client, name.as_ptr(), null_mut()) };
        if topic.is_null() { Err("librdkafka: new topic".into()) } else { Ok(topic) }
    }
}

fn c_text(text: &str) -> Result<CString, String> {
    CString::new(text).map_err(|_| format!("a zero byte in: {text}"))
}

fn text_of(message: &[c_char]) -> String {
    let bytes: Vec<u8> = message.iter().map(|c| c.cast_unsigned()).take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
