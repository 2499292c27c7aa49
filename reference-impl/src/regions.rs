//! The Regions that exist, for what a request names.

/// All Regions of the public partitions.
static REGIONS: [&str; 39] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Whether there is a Region of this name.
pub(crate) fn exists(name: &str) -> bool {
    REGIONS.contains(&name)
}

/// Whether a LocationConstraint may have this value: a Region, or the old name of eu-west-1.
pub(crate) fn is_constraint(value: &str) -> bool {
    exists(of_constraint(value))
}

/// The Region that a LocationConstraint means.
pub(crate) fn of_constraint(value: &str) -> &str {
    match value {
        "EU" => "eu-west-1",
        region => region,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_known_by_their_whole_name() {
        assert!(exists("us-east-1") && exists("eu-central-1"));
        for name in ["", "EU", "us-east", "us-east-1a", "US-EAST-1", "eu-mars-1"] {
            assert!(!exists(name), "{name}");
        }
        assert!(is_constraint("EU") && !is_constraint("eu"));
    }
}
