// A library that says of itself what the build told it to: enough for Java to refuse it.
const char* mn_stamp(void) { return "headers=" HEADERS ";libtorch=" BUILT ";cuda=none;abi=1;"; }
const char* mn_libtorch_version(void) { return LOADED; }
