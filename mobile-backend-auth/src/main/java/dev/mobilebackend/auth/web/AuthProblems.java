// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.web;

import dev.mobilebackend.core.problem.Problem;

/** The refusals of the auth endpoints, beside those of core and of {@code AccessTokens} and {@code LoginGuard}. */
public final class AuthProblems {

    /** Says no more than that: whether there is such an account is nobody's business. */
    public static final Problem WRONG_CREDENTIALS = Problem.of(
                    401, "wrong-credentials", "Email address or password is wrong.")
            .header("WWW-Authenticate", "Bearer");

    public static final Problem WRONG_CODE = Problem.of(422, "wrong-code", "The code is not accepted.");

    /** The app goes on with the newest refresh token that it holds, after a moment. */
    public static final Problem REFRESH_RETRY =
            Problem.of(409, "refresh-retry", "This refresh token has been used and a newer one has been given out.");

    /** The app shows its sign-in screen. */
    public static final Problem SESSION_ENDED = Problem.of(401, "session-ended", "The session has ended.")
            .header("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"session ended\"");

    public static final Problem INVALID_REFRESH_TOKEN = Problem.of(
                    401, "invalid-refresh-token", "The refresh token is not valid.")
            .header("WWW-Authenticate", "Bearer error=\"invalid_token\"");

    private AuthProblems() {}
}
