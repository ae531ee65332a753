//! Both compression functions against each other; the whole functions are compared in `hash/tests.rs`.

use proptest::prelude::*;

use super::State;

proptest! {
    #[test]
    fn compression_functions_agree(hash in state(), length in state(), block in state()) {
        let mut portable = hash;
        super::portable::compress(&mut portable, &length, &block);
        let mut chosen = hash;
        super::compress(&mut chosen, &length, &block);
        prop_assert_eq!(portable, chosen);
    }
}

fn state() -> impl Strategy<Value = State> {
    any::<[u64; 8]>()
}
