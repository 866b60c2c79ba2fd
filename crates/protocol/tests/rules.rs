//! Kafka's rules of encoding that vectors cannot show: what is refused, what is left out, what is kept.

use protocol::consumer_group_member_metadata_value::ClassicMemberMetadata;
use protocol::fetch_response::{FetchableTopicResponse, PartitionData};
use protocol::json::{self, JsonError, View};
use protocol::{
    AddPartitionsToTxnRequest, ApiKey, ApiVersionsResponse, ConsumerGroupMemberMetadataValue,
    ConsumerProtocolSubscription, Cursor, Decode, DecodeError, EncodeError, FetchRequest, FetchResponse, Message,
    MetadataResponse, Request, SaslAuthenticateRequest, UnknownTaggedField, metadata_response,
};

#[test]
fn a_field_that_the_version_lacks_is_refused_unless_ignorable() {
    let request = AddPartitionsToTxnRequest { v3_and_below_producer_id: 7, ..Default::default() };
    let refused = EncodeError::UnsupportedField { field: "v3AndBelowProducerId", version: 4 };
    assert_eq!(request.to_bytes(4), Err(refused));
    let ignorable = MetadataResponse { cluster_id: Some("c".into()), ..Default::default() };
    assert!(ignorable.to_bytes(0).is_ok());
    assert!(FetchRequest::default().to_bytes(99).is_err());
}

#[test]
fn null_is_refused_where_the_version_does_not_allow_it() {
    let topic = metadata_response::MetadataResponseTopic { name: None, ..Default::default() };
    let response = MetadataResponse { topics: vec![topic], ..Default::default() };
    assert_eq!(response.to_bytes(11), Err(EncodeError::Null { field: "name" }));
    assert!(response.to_bytes(12).is_ok());
    let null_client_list = [0xff, 0xff, 0xff, 0xff];
    assert!(matches!(MetadataResponse::from_bytes(&null_client_list, 0), Err(DecodeError::Null { .. })));
}

/// Apache Kafka 4.3.1 writes the bytes below, and reads `null` and the value back.
#[test]
fn a_struct_in_a_tagged_field_has_zero_for_null() {
    let absent = ConsumerGroupMemberMetadataValue { classic_member_metadata: None, ..Default::default() };
    let present = ConsumerGroupMemberMetadataValue {
        classic_member_metadata: Some(ClassicMemberMetadata { session_timeout_ms: 7, ..Default::default() }),
        ..Default::default()
    };
    let start = [1, 1, 1, 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 1];
    for (value, tagged) in [(absent, &[1, 0, 1, 0][..]), (present, &[1, 0, 7, 1, 0, 0, 0, 7, 1, 0][..])] {
        let bytes = value.to_bytes(0).expect("it can be written");
        assert_eq!(bytes, [&start[..], tagged].concat());
        assert_eq!(ConsumerGroupMemberMetadataValue::from_bytes(&bytes, 0), Ok(value));
    }
}

#[test]
fn defaults_are_kafkas() {
    let request = FetchRequest::default();
    assert_eq!((request.max_bytes, request.session_epoch, request.replica_id), (i32::MAX, -1, -1));
    assert_eq!(request.cluster_id, None);
    assert_eq!(metadata_response::MetadataResponseTopic::default().name.as_deref(), Some(""));
}

#[test]
fn unknown_tagged_fields_are_written_between_known_ones() {
    let mut response =
        ApiVersionsResponse { finalized_features_epoch: 5, zk_migration_ready: true, ..Default::default() };
    for tag in [2000, 4] {
        response.unknown_tagged_fields.insert(UnknownTaggedField { tag, data: vec![0xaa] });
    }
    let bytes = response.to_bytes(3).unwrap();
    let tags = [4, 1, 8, 0, 0, 0, 0, 0, 0, 0, 5, 3, 1, 1, 4, 1, 0xaa, 0xd0, 0x0f, 1, 0xaa];
    assert!(bytes.ends_with(&tags), "{bytes:?}");
    assert_eq!(ApiVersionsResponse::from_bytes(&bytes, 3).unwrap(), response);
    assert!(matches!(response.to_bytes(2), Err(EncodeError::UnsupportedField { .. })));
    response.unknown_tagged_fields.insert(UnknownTaggedField { tag: 1, data: vec![] });
    assert_eq!(response.to_bytes(3), Err(EncodeError::TagCollision { tag: 1 }));
}

#[test]
fn decoding_borrows_and_into_owned_ends_the_loan() {
    let partition = PartitionData { records: Some(vec![1, 2, 3].into()), ..Default::default() };
    let topic = FetchableTopicResponse { topic: "t".into(), partitions: vec![partition], ..Default::default() };
    let response = FetchResponse { responses: vec![topic], ..Default::default() };
    let owned: FetchResponse<'static> = {
        let bytes = response.to_bytes(11).unwrap();
        let borrowed = FetchResponse::from_bytes(&bytes, 11).unwrap();
        assert!(matches!(borrowed.responses[0].topic, std::borrow::Cow::Borrowed("t")));
        borrowed.into_owned()
    };
    assert_eq!(owned.responses, response.responses);
}

#[test]
fn requests_know_their_api_and_response() {
    fn exchange<R: Request>(request: &R, answer: &[u8], version: i16) -> (ApiKey, R::OwnedResponse) {
        assert!(request.to_bytes(version).is_ok());
        (R::API_KEY, R::Response::from_bytes(answer, version).unwrap().into_owned())
    }
    let answer = FetchResponse { session_id: 9, ..Default::default() }.to_bytes(12).unwrap();
    let (api, response) = exchange(&FetchRequest::default(), &answer, 12);
    assert_eq!((api, response.session_id), (ApiKey::Fetch, 9));
}

#[test]
fn secrets_and_records_stay_out_of_debug_output_and_redacted_json() {
    let request = SaslAuthenticateRequest { auth_bytes: b"pass".as_slice().into(), ..Default::default() };
    assert!(format!("{request:?}").contains("auth_bytes: <redacted>"));
    let bytes = request.to_bytes(2).unwrap();
    let view = View { records_as_size: true, redact_secrets: true };
    let shown = json::decode_from("SaslAuthenticateRequest", 2, &mut Cursor::new(&bytes), view).unwrap();
    assert_eq!(shown.to_string(), r#"{"authBytes":"<redacted>"}"#);

    let partition = PartitionData { records: Some(vec![7; 10].into()), ..Default::default() };
    assert!(format!("{partition:?}").contains("<10 bytes of records>"));
}

#[test]
fn json_that_does_not_fit_names_the_field() {
    let missing = json::encode("HeartbeatRequest", 0, &serde_json::json!({"groupId": "g"}));
    assert_eq!(missing, Err(JsonError::Missing { field: "generationId".into(), version: 0 }));
    let wrong = json::encode("ResponseHeader", 0, &serde_json::json!({"correlationId": "x"}));
    assert!(matches!(wrong, Err(JsonError::Type { field, .. }) if field == "correlationId"));
    assert!(matches!(json::decode("NoSuchMessage", 0, &[]), Err(JsonError::UnknownMessage(_))));
}

#[test]
fn embedded_messages_of_a_newer_consumer_are_read_as_the_newest_known() {
    let subscription = ConsumerProtocolSubscription { topics: vec!["t".into()], ..Default::default() };
    let mut bytes = subscription.to_versioned(3).unwrap();
    bytes[1] = 9;
    bytes.extend([1, 2, 3]);
    assert_eq!(ConsumerProtocolSubscription::from_versioned(&bytes).unwrap(), (subscription, 9));
}

#[test]
fn the_api_table_is_kafkas() {
    assert_eq!(ApiKey::ALL.len(), 89);
    assert_eq!(ApiKey::from_id(4), None);
    for &api in ApiKey::ALL {
        assert_eq!(ApiKey::from_id(api.id()), Some(api));
        let info = api.info();
        assert!(info.min_advertised_version <= info.min_version && info.min_version <= info.max_version);
    }
    let produce = ApiKey::Produce.info();
    assert_eq!((produce.min_version, produce.min_advertised_version, produce.max_version), (3, 0, 13));
    let init = ApiKey::InitProducerId.info();
    assert_eq!((init.max_version, init.max_unstable_version), (5, 6));
    assert!(ApiKey::CreateTopics.info().forwardable && ApiKey::Vote.info().cluster_action);
    assert!(!ApiKey::Vote.info().broker && ApiKey::Vote.info().controller);
}
