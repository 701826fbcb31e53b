// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Accounts, passwords, tokens and sessions of a mobile backend. */
@NullMarked
module dev.mobilebackend.auth {
    requires static transitive org.jspecify;
    requires transitive dev.mobilebackend.core;
    requires com.github.benmanes.caffeine;
    requires com.nimbusds.jose.jwt;
    requires com.nulabinc.zxcvbn;
    requires de.mkammerer.argon2;
    requires de.mkammerer.argon2.nolibs;
    requires dev.failsafe.core;
    requires transitive java.net.http;
    requires org.slf4j;
    requires tools.jackson.databind;
    requires static micrometer.core;
    // Only for applications without a native Argon2, or with bcrypt and scrypt hashes of another system.
    requires static org.bouncycastle.provider;

    exports dev.mobilebackend.auth;
    exports dev.mobilebackend.auth.access;
    exports dev.mobilebackend.auth.account;
    exports dev.mobilebackend.auth.account.jdbi;
    exports dev.mobilebackend.auth.attempt;
    exports dev.mobilebackend.auth.attempt.jdbi;
    exports dev.mobilebackend.auth.attempt.micrometer;
    exports dev.mobilebackend.auth.audit;
    exports dev.mobilebackend.auth.audit.jdbi;
    exports dev.mobilebackend.auth.device;
    exports dev.mobilebackend.auth.device.jdbi;
    exports dev.mobilebackend.auth.dpop;
    exports dev.mobilebackend.auth.key;
    exports dev.mobilebackend.auth.key.jdbi;
    exports dev.mobilebackend.auth.password;
    exports dev.mobilebackend.auth.session;
    exports dev.mobilebackend.auth.session.jdbi;
    exports dev.mobilebackend.auth.token;
    exports dev.mobilebackend.auth.web;

    // JsonBody makes the request bodies, which nobody else sees.
    opens dev.mobilebackend.auth.web to
            dev.mobilebackend.core;
}
