//! ApiVersions (KIP-35, KIP-511, KIP-584).

use crate::request::Responder;
use crate::table::Node;
use base::ErrorCode;
use metadata::{FEATURES, KRAFT_VERSION};
use protocol::api_versions_response::{ApiVersion, FinalizedFeatureKey, SupportedFeatureKey};
use protocol::{ApiKey, ApiVersionsRequest, ApiVersionsResponse, Cursor, DecodeError};

pub(crate) fn answer(
    node: &dyn Node,
    served: &[(ApiKey, i16, i16)],
    version: i16,
    body: &mut Cursor<'_>,
    responder: Responder,
) -> Result<(), DecodeError> {
    if !ApiKey::ApiVersions.supports(version) {
        // Any version must get an answer that the oldest client can read: version 0 with the range of this API.
        let api_keys = served.iter().filter(|(api, _, _)| *api == ApiKey::ApiVersions).map(row).collect();
        let response =
            ApiVersionsResponse { error_code: ErrorCode::UnsupportedVersion.code(), api_keys, ..Default::default() };
        let responder = Responder { version: 0, ..responder };
        responder.send(&response);
        return Ok(());
    }
    let request = ApiVersionsRequest::decode(body, version)?;
    let mut response = ApiVersionsResponse::default();
    if version >= 3 && !(is_valid(&request.client_software_name) && is_valid(&request.client_software_version)) {
        response.error_code = ErrorCode::InvalidRequest.code();
        responder.send(&response);
        return Ok(());
    }
    response.api_keys = served.iter().map(row).collect();
    // Before version 4 a client could not read a minimum of 0 (KIP-1022).
    let supported = FEATURES.iter().filter(|feature| version >= 4 || feature.min > 0);
    let levels = node.levels();
    response.supported_features = supported
        .map(|feature| SupportedFeatureKey {
            name: feature.name.into(),
            min_version: feature.min,
            max_version: feature.max(levels),
            ..Default::default()
        })
        .collect();
    let image = node.image();
    let kraft_version = Some((KRAFT_VERSION, node.kraft_version())).filter(|(_, level)| *level > 0);
    response.finalized_features_epoch = image.offset;
    response.finalized_features = image
        .features
        .iter()
        .chain(kraft_version)
        .map(|(name, level)| FinalizedFeatureKey {
            name: name.to_owned().into(),
            max_version_level: level,
            min_version_level: level,
            ..Default::default()
        })
        .collect();
    responder.send(&response);
    Ok(())
}

fn row((api, min, max): &(ApiKey, i16, i16)) -> ApiVersion {
    ApiVersion { api_key: api.id(), min_version: *min, max_version: *max, ..Default::default() }
}

/// Letters, digits, dots and dashes, beginning and ending with a letter or digit (KIP-511).
fn is_valid(name: &str) -> bool {
    let bytes = name.as_bytes();
    let edge = |c: Option<&u8>| c.is_some_and(u8::is_ascii_alphanumeric);
    edge(bytes.first()) && edge(bytes.last()) && bytes.iter().all(|c| c.is_ascii_alphanumeric() || b".-".contains(c))
}
