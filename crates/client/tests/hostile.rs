//! A node that misbehaves costs an error, never a panic or a hang.

use client::{Admin, Bootstrap, ClientError, Settings, SettingsMap};
use std::io::{Read, Write};
use std::net::TcpListener;

/// A node that answers the first request of each connection with these bytes and closes.
fn node(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).and_then(|_| stream.write_all(answer));
        }
    });
    address
}

fn list_topics(address: &str) -> ClientError {
    let mut map = SettingsMap::default();
    map.set("default.api.timeout.ms", "200").set("request.timeout.ms", "100").set("retries", "0");
    let bootstrap = Bootstrap::Brokers(client::Address::parse_list(address).unwrap());
    let admin = Admin::new(Settings::admin(&map, Some(bootstrap)).unwrap()).unwrap();
    admin.list_topics().unwrap_err()
}

#[test]
fn answers_that_are_none_are_errors() {
    let cases: &[&'static [u8]] = &[
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        &[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
        &[0, 0, 0, 4, 0, 0, 0, 9],
        &[0, 0, 0, 4, 0, 0, 0, 0],
        &[0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff],
    ];
    for answer in cases {
        let error = list_topics(&node(answer));
        let expected =
            matches!(error, ClientError::Disconnected { .. } | ClientError::Decode { .. } | ClientError::Timeout(_));
        assert!(expected, "{answer:?}: {error:?}");
    }
}

#[test]
fn a_node_that_is_not_there_is_a_timeout_with_the_calls_name() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert_eq!(
        list_topics(&free),
        ClientError::Timeout("Timed out waiting for a node assignment. Call: listTopics".into())
    );
}

/// Whoever is asked where a node is and does not answer in time: the call has had no node.
#[test]
fn a_call_whose_node_was_not_found_in_time_says_so() {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = mute.local_addr().unwrap().to_string();
    let of_broker = client::ConfigResource::new(client::ResourceType::Broker, "9");
    for retries in ["0", "5"] {
        let mut map = SettingsMap::default();
        map.set("default.api.timeout.ms", "100").set("request.timeout.ms", "100").set("retries", retries);
        let bootstrap = Bootstrap::Brokers(client::Address::parse_list(&address).unwrap());
        let admin = Admin::new(Settings::admin(&map, Some(bootstrap)).unwrap()).unwrap();
        let expected = "Timed out waiting for a node assignment. Call: incrementalAlterConfigs";
        assert_eq!(
            admin.alter_configs(&of_broker, &[]),
            Err(ClientError::Timeout(expected.into())),
            "{retries} retries"
        );
    }
}
