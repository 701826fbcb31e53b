// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.account.jdbi;

import dev.mobilebackend.auth.account.Account;
import dev.mobilebackend.auth.account.AccountStore;
import dev.mobilebackend.auth.account.Contact;
import dev.mobilebackend.auth.account.Credentials;
import dev.mobilebackend.auth.account.EmailAddress;
import dev.mobilebackend.auth.account.PhoneNumber;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Accounts in the table {@code mb_auth_accounts}. Thread safe. */
public final class JdbiAccountStore implements AccountStore {

    private static final String COLUMNS =
            "id, email, phone, roles, display_name, created_at, version, credentials_version";

    /** What stands in the place of an account's id where there is none. */
    private static final String NOBODYS_ID = "'0123456789abcdefABCDEF'";

    private static final String INSERT = "INSERT INTO mb_auth_accounts (" + COLUMNS
            + ", password_hash) VALUES (:id, :email, :phone, :roles, :displayName, :createdAt, :version, "
            + ":credentialsVersion, :passwordHash)";

    /** One row in any case, with what a new account would have in place of what is not there. */
    private static final String CREDENTIALS_OR_NOBODYS = "SELECT a.id IS NOT NULL AS known, "
            + "COALESCE(a.id, " + NOBODYS_ID + ") AS id, n.email, a.phone, COALESCE(a.roles, '') AS roles, "
            + "a.display_name, COALESCE(a.created_at, TIMESTAMP WITH TIME ZONE '2000-01-01 00:00:00+00') AS created_at, "
            + "COALESCE(a.version, 1) AS version, COALESCE(a.credentials_version, 1) AS credentials_version, "
            + "COALESCE(a.password_hash, '') AS password_hash "
            + "FROM (VALUES (CAST(:email AS varchar(254)))) AS n (email) "
            + "LEFT JOIN mb_auth_accounts a ON a.email = n.email AND a.password_hash IS NOT NULL";

    private static final String SET_PASSWORD = "UPDATE mb_auth_accounts SET password_hash = :passwordHash, "
            + "credentials_version = credentials_version + 1 WHERE id = :id";

    private static final String RENAME = "UPDATE mb_auth_accounts SET display_name = :displayName, "
            + "version = version + 1 WHERE id = :id AND version = :version";

    private static final String GRANT = "UPDATE mb_auth_accounts SET roles = roles || ' ' || :role, "
            + "version = version + 1 WHERE id = :id AND POSITION(' ' || :role || ' ' IN ' ' || roles || ' ') = 0";

    private static final String REVOKE = "UPDATE mb_auth_accounts SET "
            + "roles = TRIM(REPLACE(' ' || roles || ' ', ' ' || :role || ' ', ' ')), "
            + "version = version + 1 WHERE id = :id AND POSITION(' ' || :role || ' ' IN ' ' || roles || ' ') > 0";

    /** The index {@code mb_auth_accounts_guests} has them in this order. */
    private static final String ABANDONED = "SELECT " + COLUMNS + " FROM mb_auth_accounts a "
            + "WHERE a.email IS NULL AND a.phone IS NULL AND a.created_at < :before %s AND NOT EXISTS "
            + "(SELECT 1 FROM mb_auth_sessions s WHERE s.account_id = a.id) "
            + "ORDER BY a.created_at, a.id FETCH FIRST :atMost ROWS ONLY";

    private static final String BEHIND = "AND (a.created_at, a.id) > (:afterTime, :afterId)";

    private final Database database;

    private JdbiAccountStore(Database database) {
        this.database = database;
    }

    public static JdbiAccountStore of(Database database) {
        return new JdbiAccountStore(database);
    }

    @Override
    public boolean add(Account account, @Nullable String passwordHash) {
        var values = new HashMap<String, @Nullable Object>();
        values.put("id", account.id());
        values.put("email", text(account.email()));
        values.put("phone", text(account.phone()));
        values.put("roles", account.roles().stream().sorted().collect(Collectors.joining(" ")));
        values.put("displayName", account.displayName());
        values.put("createdAt", account.createdAt().atOffset(ZoneOffset.UTC));
        values.put("version", account.version());
        values.put("credentialsVersion", account.credentialsVersion());
        values.put("passwordHash", passwordHash);
        return database.inTransaction(handle -> database.dialect().insertIfAbsent(handle, INSERT, values));
    }

    @Override
    public Optional<Account> find(String accountId) {
        return database.withHandle(handle -> find(handle, accountId));
    }

    @Override
    public Optional<Account> lock(String accountId) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_accounts WHERE id = :id FOR UPDATE")
                        .bind("id", accountId)
                        .map((row, context) -> account(row))
                        .findOne());
    }

    @Override
    public Optional<Account> find(Contact contact) {
        return database.withHandle(handle -> handle.createQuery(
                        "SELECT " + COLUMNS + " FROM mb_auth_accounts WHERE " + column(contact) + " = :contact")
                .bind("contact", contact.text())
                .map((row, context) -> account(row))
                .findOne());
    }

    /** One row in any case, as with credentials. */
    @Override
    public Optional<String> idOf(Contact contact) {
        return database.withHandle(handle -> handle.createQuery("SELECT a.id IS NOT NULL AS known, COALESCE(a.id, "
                        + NOBODYS_ID + ") AS id FROM (VALUES (CAST(:contact AS varchar(254)))) AS n (contact) "
                        + "LEFT JOIN mb_auth_accounts a ON a." + column(contact) + " = n.contact")
                .bind("contact", contact.text())
                .map((row, context) -> {
                    String id = row.getString("id");
                    return row.getBoolean("known") ? Optional.of(id) : Optional.<String>empty();
                })
                .one());
    }

    /** Reads the next one where it is not there: to read a row takes longer than to find that there is none. */
    @Override
    public boolean has(Contact contact) {
        String column = column(contact);
        return database.withHandle(handle -> handle.createQuery("SELECT " + column + " FROM mb_auth_accounts WHERE "
                        + column + " >= :contact ORDER BY " + column + " FETCH FIRST 1 ROW ONLY")
                .bind("contact", contact.text())
                .mapTo(String.class)
                .findOne()
                .filter(contact.text()::equals)
                .isPresent());
    }

    @Override
    public Optional<Credentials> credentials(EmailAddress email) {
        return database.withHandle(handle -> handle.createQuery(CREDENTIALS_OR_NOBODYS)
                .bind("email", email.text())
                .map((row, context) -> {
                    // Read also where nobody's: to read a row takes longer than to find that there is none.
                    var credentials = new Credentials(account(row), row.getString("password_hash"));
                    return row.getBoolean("known") ? Optional.of(credentials) : Optional.<Credentials>empty();
                })
                .one());
    }

    @Override
    public Optional<Credentials> credentials(String accountId) {
        return database.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS
                        + ", password_hash FROM mb_auth_accounts WHERE id = :id AND password_hash IS NOT NULL")
                .bind("id", accountId)
                .map((row, context) -> new Credentials(account(row), row.getString("password_hash")))
                .findOne());
    }

    @Override
    public boolean replacePasswordHash(String accountId, String seen, String passwordHash) {
        return database.withHandle(
                handle -> handle.createUpdate("UPDATE mb_auth_accounts SET password_hash = :passwordHash "
                                        + "WHERE id = :id AND password_hash = :seen")
                                .bind("id", accountId)
                                .bind("seen", seen)
                                .bind("passwordHash", passwordHash)
                                .execute()
                        == 1);
    }

    @Override
    public Optional<Account> setPasswordHash(String accountId, String passwordHash) {
        return database.withHandle(handle -> handle.createQuery(returning(SET_PASSWORD))
                .bind("id", accountId)
                .bind("passwordHash", passwordHash)
                .map((row, context) -> account(row))
                .findOne());
    }

    @Override
    public Optional<Account> changeContact(String accountId, Contact contact) {
        return database.inTransaction(handle -> {
            // PostgreSQL takes no more statements after one that failed, unless it is undone.
            handle.savepoint("contact");
            try {
                handle.createUpdate("UPDATE mb_auth_accounts SET " + column(contact)
                                + " = :contact, version = version + 1, "
                                + "credentials_version = credentials_version + 1 WHERE id = :id")
                        .bind("contact", contact.text())
                        .bind("id", accountId)
                        .execute();
            } catch (JdbiException refused) {
                if (!Dialect.isUniqueViolation(refused)) {
                    throw refused;
                }
                handle.rollbackToSavepoint("contact");
                return Optional.empty();
            }
            return find(handle, accountId);
        });
    }

    @Override
    public Optional<Account> rename(String accountId, int expectedVersion, @Nullable String displayName) {
        return database.withHandle(handle -> handle.createQuery(returning(RENAME))
                .bind("id", accountId)
                .bind("version", expectedVersion)
                .bind("displayName", displayName)
                .map((row, context) -> account(row))
                .findOne());
    }

    @Override
    public Optional<Account> grantRole(String accountId, String role) {
        return changeRole(GRANT, accountId, role);
    }

    @Override
    public Optional<Account> revokeRole(String accountId, String role) {
        return changeRole(REVOKE, accountId, role);
    }

    @Override
    public boolean delete(String accountId) {
        return database.withHandle(handle -> handle.createUpdate("DELETE FROM mb_auth_accounts WHERE id = :id")
                        .bind("id", accountId)
                        .execute()
                == 1);
    }

    private Optional<Account> changeRole(String change, String accountId, String role) {
        return database.inTransaction(handle -> {
            handle.createUpdate(change).bind("id", accountId).bind("role", role).execute();
            return find(handle, accountId);
        });
    }

    @Override
    public List<Account> abandonedGuests(Instant before, @Nullable Account after, int atMost) {
        return database.withHandle(handle -> {
            Query query = handle.createQuery(after == null ? ABANDONED.formatted("") : ABANDONED.formatted(BEHIND));
            if (after != null) {
                query.bind("afterTime", after.createdAt().atOffset(ZoneOffset.UTC))
                        .bind("afterId", after.id());
            }
            return query.bind("before", before.atOffset(ZoneOffset.UTC))
                    .bind("atMost", atMost)
                    .map((row, context) -> account(row))
                    .list();
        });
    }

    private String returning(String update) {
        return switch (database.dialect()) {
            case POSTGRESQL -> update + " RETURNING " + COLUMNS;
            case H2 -> "SELECT " + COLUMNS + " FROM FINAL TABLE (" + update + ")";
            case MARIADB -> throw database.dialect().refused("accounts");
        };
    }

    private static Optional<Account> find(Handle handle, String accountId) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_accounts WHERE id = :id")
                .bind("id", accountId)
                .map((row, context) -> account(row))
                .findOne();
    }

    private static String column(Contact contact) {
        return switch (contact.channel()) {
            case MAIL -> "email";
            case SMS -> "phone";
        };
    }

    private static @Nullable String text(@Nullable Contact contact) {
        return contact == null ? null : contact.text();
    }

    private static Account account(ResultSet row) throws SQLException {
        String email = row.getString("email");
        String phone = row.getString("phone");
        return new Account(
                row.getString("id"),
                email == null ? null : new EmailAddress(email),
                phone == null ? null : new PhoneNumber(phone),
                Arrays.stream(row.getString("roles").split(" "))
                        .filter(role -> !role.isEmpty())
                        .collect(Collectors.toSet()),
                row.getString("display_name"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("version"),
                row.getInt("credentials_version"));
    }
}
