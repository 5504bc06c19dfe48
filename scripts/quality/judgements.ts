/** Peer tests that disagree with us, by `<rule id>: <test name>`, and who is right and why. */
export const PEER_VERDICTS: Readonly<Record<string, string>> = {};

/** Techniques that can't be found at medium or above with the default configuration, and why. */
export const BLIND_TECHNIQUES: Readonly<Record<string, string>> = {};
