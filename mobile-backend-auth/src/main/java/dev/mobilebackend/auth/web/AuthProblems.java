// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.problem.Problem;
import dev.mobilebackend.core.problem.ProblemException;

/** The refusals of the auth endpoints, beside those of core and of {@code AccessTokens} and {@code LoginGuard}. */
public final class AuthProblems {

    /** Says no more than that: whether there is such an account is nobody's business. */
    public static final Problem WRONG_CREDENTIALS = Problem.of(
                    401, "wrong-credentials", "Email address or password is wrong.")
            .header("WWW-Authenticate", "Bearer");

    public static final Problem WRONG_CODE = Problem.of(422, "wrong-code", "The code is not accepted.");

    /** The caller is signed in and stays so; only the password that was asked for once more is wrong. */
    public static final Problem WRONG_PASSWORD = Problem.of(422, "wrong-password", "The password is wrong.");

    /** The app goes on with the newest refresh token that it holds, after a moment. */
    public static final Problem REFRESH_RETRY =
            Problem.of(409, "refresh-retry", "This refresh token has been used and a newer one has been given out.");

    /** The app shows its sign-in screen. */
    public static final Problem SESSION_ENDED = Problem.of(401, "session-ended", "The session has ended.")
            .header("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"session ended\"");

    public static final Problem INVALID_REFRESH_TOKEN = Problem.of(
                    401, "invalid-refresh-token", "The refresh token is not valid.")
            .header("WWW-Authenticate", "Bearer error=\"invalid_token\"");

    /** The proof of possession is not one for this request and this key (RFC 9449 section 5). */
    public static final Problem INVALID_DPOP_PROOF = Problem.of(
                    400, "invalid-dpop-proof", "The proof of possession is not valid.")
            .with("error", "invalid_dpop_proof");

    /** The app tries again, with the nonce that comes along in its proof (RFC 9449 section 8). */
    public static final Problem USE_DPOP_NONCE = Problem.of(
                    400, "use-dpop-nonce", "The proof of possession needs a nonce of this service.")
            .with("error", "use_dpop_nonce");

    /** Only services that are known may ask about tokens (RFC 6749 section 5.2). */
    public static final Problem INVALID_CLIENT = Problem.of(401, "invalid-client", "This client is not known.")
            .header("WWW-Authenticate", "Basic realm=\"tokens\", charset=\"UTF-8\"")
            .with("error", "invalid_client");

    private AuthProblems() {}

    /** What was right when it was checked is worth nothing any more. */
    static ProblemException changedMeanwhile() {
        return WRONG_CREDENTIALS
                .detail("they were changed a moment ago: sign in with the new ones")
                .exception();
    }

    static ProblemException wrongCode(String wayOut) {
        return WRONG_CODE
                .detail(wayOut)
                .error(
                        "#/code",
                        "is wrong, used, replaced or expired, or was asked for on another device, or, without a"
                                + " Device-Id, from another network")
                .exception();
    }

    static ProblemException sessionEnded() {
        return SESSION_ENDED.detail("sign in again").exception();
    }

    static ProblemException wrongSessionCode(String wayOut) {
        return WRONG_CODE
                .detail(wayOut)
                .error("#/code", "is wrong, used, replaced or expired, or was asked for in another session")
                .exception();
    }
}
