// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account.jdbi;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.AccountStore;
import dev.mobilebackend.auth.account.Credentials;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.Notice;
import dev.mobilebackend.auth.account.SignUp;
import dev.mobilebackend.core.data.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Accounts in the tables {@code mb_auth_accounts} and {@code mb_auth_sign_ups}. Thread safe. */
public final class JdbiAccountStore implements AccountStore {

    private static final String SIGN_UP_COLUMNS = "email, origin, seed, password_hash, attempts_left, expires_at";
    private static final String ACCOUNT_COLUMNS = "id, email, roles, display_name, created_at, version";

    private static final String UPDATE_SIGN_UP = "UPDATE mb_auth_sign_ups SET seed = :seed, "
            + "password_hash = :passwordHash, attempts_left = :attemptsLeft, expires_at = :expiresAt "
            + "WHERE email = :email AND origin = :origin";

    private static final String INSERT_SIGN_UP = "INSERT INTO mb_auth_sign_ups (" + SIGN_UP_COLUMNS
            + ") VALUES (:email, :origin, :seed, :passwordHash, :attemptsLeft, :expiresAt)";

    private static final String TAKE_ATTEMPT = "UPDATE mb_auth_sign_ups SET attempts_left = attempts_left - 1 "
            + "WHERE email = :email AND origin = :origin AND attempts_left > 0 AND expires_at > :now";

    private static final String RENAME = "UPDATE mb_auth_accounts SET display_name = :displayName, "
            + "version = version + 1 WHERE id = :id AND version = :version";

    private static final String GRANT = "UPDATE mb_auth_accounts SET roles = roles || ' ' || :role, "
            + "version = version + 1 WHERE id = :id AND POSITION(' ' || :role || ' ' IN ' ' || roles || ' ') = 0";

    private final Database database;
    private final Outbox outbox;

    private JdbiAccountStore(Database database, Outbox outbox) {
        this.database = database;
        this.outbox = outbox;
    }

    public static JdbiAccountStore of(Database database, Outbox outbox) {
        return new JdbiAccountStore(database, outbox);
    }

    @Override
    public void signUp(SignUp signUp, Notice ifNew, Notice ifTaken) {
        database.useTransaction(handle -> {
            boolean taken = handle.createQuery("SELECT COUNT(*) FROM mb_auth_accounts WHERE email = :email")
                            .bind("email", signUp.email().text())
                            .mapTo(Integer.class)
                            .one()
                    > 0;
            keep(handle, signUp);
            outbox.add(handle, taken ? ifTaken : ifNew);
        });
    }

    @Override
    public Optional<SignUp> takeAttempt(EmailAddress email, String origin, Instant now) {
        return database.withHandle(handle -> handle.createQuery(returning(TAKE_ATTEMPT, SIGN_UP_COLUMNS))
                .bind("email", email.text())
                .bind("origin", origin)
                .bind("now", utc(now))
                .map((row, context) -> signUp(row))
                .findOne());
    }

    @Override
    public boolean confirm(SignUp signUp, Account account) {
        return database.inTransaction(handle -> {
            boolean newest = handle.createUpdate("DELETE FROM mb_auth_sign_ups "
                                    + "WHERE email = :email AND origin = :origin AND seed = :seed")
                            .bind("email", signUp.email().text())
                            .bind("origin", signUp.origin())
                            .bind("seed", signUp.seed())
                            .execute()
                    == 1;
            if (!newest) {
                return false;
            }
            handle.createUpdate("DELETE FROM mb_auth_sign_ups WHERE email = :email")
                    .bind("email", signUp.email().text())
                    .execute();
            return insert(handle, account, signUp.passwordHash());
        });
    }

    @Override
    public boolean add(Account account, String passwordHash) {
        return database.inTransaction(handle -> insert(handle, account, passwordHash));
    }

    @Override
    public Optional<Account> find(String accountId) {
        return database.withHandle(handle -> find(handle, accountId));
    }

    @Override
    public Optional<Credentials> credentials(EmailAddress email) {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT " + ACCOUNT_COLUMNS + ", password_hash FROM mb_auth_accounts WHERE email = :email")
                .bind("email", email.text())
                .map((row, context) -> new Credentials(account(row), row.getString("password_hash")))
                .findOne());
    }

    @Override
    public Optional<Account> rename(String accountId, int expectedVersion, @Nullable String displayName) {
        return database.withHandle(handle -> handle.createQuery(returning(RENAME, ACCOUNT_COLUMNS))
                .bind("id", accountId)
                .bind("version", expectedVersion)
                .bind("displayName", displayName)
                .map((row, context) -> account(row))
                .findOne());
    }

    @Override
    public Optional<Account> grantRole(String accountId, String role) {
        return database.inTransaction(handle -> {
            handle.createUpdate(GRANT).bind("id", accountId).bind("role", role).execute();
            return find(handle, accountId);
        });
    }

    /** An update that finds nothing is followed by an insert; one that meets another's insert is made again. */
    private void keep(Handle handle, SignUp signUp) {
        Map<String, Object> values = Map.of(
                "email", signUp.email().text(),
                "origin", signUp.origin(),
                "seed", signUp.seed(),
                "passwordHash", signUp.passwordHash(),
                "attemptsLeft", signUp.attemptsLeft(),
                "expiresAt", utc(signUp.expiresAt()));
        if (handle.createUpdate(UPDATE_SIGN_UP).bindMap(values).execute() == 0
                && !database.dialect().insertIfAbsent(handle, INSERT_SIGN_UP, values)) {
            handle.createUpdate(UPDATE_SIGN_UP).bindMap(values).execute();
        }
    }

    private boolean insert(Handle handle, Account account, String passwordHash) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("id", account.id());
        values.put("email", account.email().text());
        values.put("roles", account.roles().stream().sorted().collect(Collectors.joining(" ")));
        values.put("displayName", account.displayName());
        values.put("createdAt", utc(account.createdAt()));
        values.put("version", account.version());
        values.put("passwordHash", passwordHash);
        return database.dialect()
                .insertIfAbsent(
                        handle,
                        "INSERT INTO mb_auth_accounts (" + ACCOUNT_COLUMNS + ", password_hash) VALUES "
                                + "(:id, :email, :roles, :displayName, :createdAt, :version, :passwordHash)",
                        values);
    }

    private static Optional<Account> find(Handle handle, String accountId) {
        return handle.createQuery("SELECT " + ACCOUNT_COLUMNS + " FROM mb_auth_accounts WHERE id = :id")
                .bind("id", accountId)
                .map((row, context) -> account(row))
                .findOne();
    }

    private String returning(String update, String columns) {
        return switch (database.dialect()) {
            case POSTGRESQL -> update + " RETURNING " + columns;
            case H2 -> "SELECT " + columns + " FROM FINAL TABLE (" + update + ")";
        };
    }

    private static SignUp signUp(ResultSet row) throws SQLException {
        return new SignUp(
                new EmailAddress(row.getString("email")),
                row.getString("origin"),
                row.getString("seed"),
                row.getString("password_hash"),
                row.getInt("attempts_left"),
                instant(row, "expires_at"));
    }

    private static Account account(ResultSet row) throws SQLException {
        return new Account(
                row.getString("id"),
                new EmailAddress(row.getString("email")),
                Arrays.stream(row.getString("roles").split(" "))
                        .filter(role -> !role.isEmpty())
                        .collect(Collectors.toSet()),
                row.getString("display_name"),
                instant(row, "created_at"),
                row.getInt("version"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
