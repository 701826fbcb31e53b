// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.jobs.push.jdbi;

import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Purge;
import dev.mobilebackend.core.data.SchemaPart;
import dev.mobilebackend.core.data.SqlTime;
import dev.mobilebackend.core.digest.Sha256;
import dev.mobilebackend.jobs.push.NewPushDevice;
import dev.mobilebackend.jobs.push.Platform;
import dev.mobilebackend.jobs.push.PushAddress;
import dev.mobilebackend.jobs.push.PushDevice;
import dev.mobilebackend.jobs.push.PushDevices;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Devices in the table of {@link #SCHEMA}, on the database's clock, or on one that is given it. Thread safe.
 */
public final class JdbiPushDevices implements PushDevices {

    /** The table of devices. */
    public static final SchemaPart SCHEMA =
            new SchemaPart("push", JdbiPushDevices.class.getClassLoader(), List.of("V320__push_devices.sql"));

    private static final String COLUMNS = "id, owner, platform, app, token, zone, locale, seen_at";

    private final Database database;
    private final SqlTime time;
    private final String insert;
    private final String update;
    private final Purge unseen;

    private JdbiPushDevices(Database database, @Nullable InstantSource clock) {
        this.database = database;
        this.time = SqlTime.of(database.dialect(), clock);
        this.insert = "INSERT INTO mb_push_device"
                + " (address_hash, owner, platform, app, token, session_id, zone, locale, seen_at) VALUES"
                + " (:hash, :owner, :platform, :app, :token, :session, :zone, :locale, " + time.now() + ")";
        this.update = "UPDATE mb_push_device SET owner = :owner, session_id = :session, zone = :zone,"
                + " locale = :locale, seen_at = " + time.now() + " WHERE address_hash = :hash";
        this.unseen = Purge.of("mb_push_device", "seen_at < " + time.later());
    }

    /** On the database's clock. */
    public static JdbiPushDevices of(Database database) {
        return new JdbiPushDevices(database, null);
    }

    /** On a clock that a test moves. */
    public static JdbiPushDevices of(Database database, InstantSource clock) {
        return new JdbiPushDevices(database, clock);
    }

    @Override
    public void register(NewPushDevice device) {
        Map<String, @Nullable Object> values = values(device);
        database.inRetriedTransaction(handle -> {
            // Most apps start again and again. In between, a row that was there may be forgotten.
            while (!isKnown(handle, values) && !database.dialect().insertIfAbsent(handle, insert, values)) {}
            return values;
        });
    }

    private boolean isKnown(Handle handle, Map<String, @Nullable Object> values) {
        return handle.createUpdate(update).bindMap(values).execute() == 1;
    }

    @Override
    public List<PushDevice> ofOwner(String owner) {
        return database.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_push_device"
                        + " WHERE owner = :owner ORDER BY seen_at DESC, id DESC LIMIT :most")
                .bind("owner", owner)
                .bind("most", MOST_OF_OWNER)
                .map((row, context) -> device(row))
                .list());
    }

    @Override
    public Optional<PushDevice> find(long id) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_push_device WHERE id = :id")
                        .bind("id", id)
                        .map((row, context) -> device(row))
                        .findOne());
    }

    @Override
    public boolean removeDead(long id, Instant since) {
        return delete("id = :id AND seen_at <= :since", Map.of("id", id, "since", since.atOffset(ZoneOffset.UTC))) == 1;
    }

    @Override
    public boolean forget(String owner, PushAddress address) {
        return delete("address_hash = :hash AND owner = :owner", Map.of("hash", hash(address), "owner", owner)) == 1;
    }

    @Override
    public int forgetSession(String session) {
        return delete("session_id = :session", Map.of("session", session));
    }

    @Override
    public int forgetOwner(String owner) {
        return delete("owner = :owner", Map.of("owner", owner));
    }

    @Override
    public int purge(Duration unseenFor, int atMost) {
        var values = new HashMap<String, Object>(time.values());
        values.put("micros", SqlTime.micros(unseenFor.negated()));
        return unseen.run(database, values, atMost);
    }

    private int delete(String condition, Map<String, ?> values) {
        return database.withHandle(handle -> handle.createUpdate("DELETE FROM mb_push_device WHERE " + condition)
                .bindMap(values)
                .execute());
    }

    private Map<String, @Nullable Object> values(NewPushDevice device) {
        var values = new HashMap<String, @Nullable Object>(time.values());
        PushAddress address = device.address();
        ZoneId zone = device.zone();
        Locale locale = device.locale();
        values.put("hash", hash(address));
        values.put("owner", device.owner());
        values.put("platform", address.platform().name());
        values.put("app", address.app());
        values.put("token", address.token());
        values.put("session", device.session());
        values.put("zone", zone == null ? null : zone.getId());
        values.put("locale", locale == null ? null : locale.toLanguageTag());
        return values;
    }

    /** What is unique: a token of FCM is longer than an index of PostgreSQL takes. No part has a space in it. */
    private static String hash(PushAddress address) {
        return HexFormat.of().formatHex(Sha256.of(address.platform() + " " + address.app() + " " + address.token()));
    }

    private static PushDevice device(ResultSet row) throws SQLException {
        String zone = row.getString("zone");
        String locale = row.getString("locale");
        return new PushDevice(
                row.getLong("id"),
                row.getString("owner"),
                new PushAddress(
                        Platform.valueOf(row.getString("platform")), row.getString("app"), row.getString("token")),
                zone == null ? null : zone(zone),
                locale == null ? null : Locale.forLanguageTag(locale),
                row.getObject("seen_at", OffsetDateTime.class).toInstant());
    }

    /** A zone that only a newer JDK has heard of is none here: its device gets messages all the same. */
    private static @Nullable ZoneId zone(String id) {
        try {
            return ZoneId.of(id);
        } catch (DateTimeException unheardOf) {
            return null;
        }
    }
}
