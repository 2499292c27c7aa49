//! Policy documents: as a bucket policy, as a user's policy, and asked about requests where they were taken.
#![no_main]

#[allow(dead_code, unused_imports)] // each target uses a part
#[path = "../shared/server.rs"]
mod server;

use bucketlaw_server::wire::encoding::uri_encode;
use libfuzzer_sys::fuzz_target;
use server::{Call, at_a_server, check, signed};

fuzz_target!(|input: &[u8]| {
    at_a_server(|world| {
        let send = |call: Call| signed(call).and_then(|call| check(world, &call));
        let put = send(Call::new("PUT", "/plain?policy").document(input));
        if put.is_some_and(|answer| answer.status < 300) {
            let requests = [
                ("GET", "/plain/k"),
                ("PUT", "/plain/new"),
                ("GET", "/plain"),
                ("GET", "/plain?policy"),
            ];
            for (method, target) in requests {
                check(world, &Call::new(method, target)); // anonymous
                send(Call::new(method, target));
            }
            let removed = send(Call::new("DELETE", "/plain?policy"));
            assert_eq!(
                removed.map(|answer| answer.status),
                Some(204),
                "root can always remove a policy"
            );
        }
        let form = format!(
            "Version=2010-05-08&Action=PutUserPolicy&UserName=bob&PolicyName=p&PolicyDocument={}",
            uri_encode(input, false)
        );
        let mut call = Call::new("POST", "/").body(form);
        call.service = "iam";
        send(call);
    });
});
