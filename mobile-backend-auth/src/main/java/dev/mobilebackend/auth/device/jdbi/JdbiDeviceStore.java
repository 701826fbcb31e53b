// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.auth.device.jdbi;

import dev.mobilebackend.auth.device.DeviceStore;
import dev.mobilebackend.auth.device.KnownDevice;
import dev.mobilebackend.auth.session.Place;
import dev.mobilebackend.core.data.Database;
import dev.mobilebackend.core.data.Purge;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Known devices in the table {@code mb_auth_devices}. Thread safe. */
public final class JdbiDeviceStore implements DeviceStore {

    private static final String COLUMNS = "account_id, tag, seen_at, country_code, place_name, latitude, longitude";

    private static final String INSERT = "INSERT INTO mb_auth_devices (" + COLUMNS
            + ") VALUES (:accountId, :tag, :seenAt, :countryCode, :placeName, :latitude, :longitude)";

    private static final String UPDATE = "UPDATE mb_auth_devices SET seen_at = :seenAt, country_code = :countryCode, "
            + "place_name = :placeName, latitude = :latitude, longitude = :longitude "
            + "WHERE account_id = :accountId AND tag = :tag";

    private static final Purge UNSEEN = Purge.of("mb_auth_devices", "seen_at < :seenBefore");

    /** One row in any case: to read a row takes longer than to find that there is none. */
    private static final String FIND = "SELECT (SELECT tag FROM mb_auth_devices WHERE account_id = :accountId "
            + "AND tag IN (<tags>) AND seen_at >= :seenSince ORDER BY seen_at DESC, tag FETCH FIRST 1 ROW ONLY) AS tag";

    private final Database database;

    private JdbiDeviceStore(Database database) {
        this.database = database;
    }

    public static JdbiDeviceStore of(Database database) {
        return new JdbiDeviceStore(database);
    }

    @Override
    public List<KnownDevice> ofAccount(String accountId, Instant seenSince) {
        return database.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS + " FROM mb_auth_devices "
                        + "WHERE account_id = :accountId AND seen_at >= :seenSince ORDER BY seen_at DESC, tag")
                .bind("accountId", accountId)
                .bind("seenSince", utc(seenSince))
                .map((row, context) -> new KnownDevice(row.getString("tag"), instant(row), place(row)))
                .list());
    }

    @Override
    public Optional<String> find(String accountId, Set<String> tags, Instant seenSince) {
        return database.withHandle(handle -> handle.createQuery(FIND)
                .bind("accountId", accountId)
                .bindList("tags", tags)
                .bind("seenSince", utc(seenSince))
                .map((row, context) -> Optional.ofNullable(row.getString("tag")))
                .one());
    }

    @Override
    public void keep(String accountId, KnownDevice device, Set<String> forgotten) {
        Map<String, @Nullable Object> values = values(accountId, device);
        database.useTransaction(handle -> {
            if (!database.dialect().insertIfAbsent(handle, INSERT, values)) {
                handle.createUpdate(UPDATE).bindMap(values).execute();
            }
            if (!forgotten.isEmpty()) {
                handle.createUpdate("DELETE FROM mb_auth_devices WHERE account_id = :accountId AND tag IN (<tags>)")
                        .bind("accountId", accountId)
                        .bindList("tags", forgotten)
                        .execute();
            }
        });
    }

    @Override
    public void forget(String accountId) {
        database.withHandle(handle -> handle.createUpdate("DELETE FROM mb_auth_devices WHERE account_id = :accountId")
                .bind("accountId", accountId)
                .execute());
    }

    @Override
    public int purge(Instant seenBefore, int atMost) {
        return UNSEEN.run(database, Map.of("seenBefore", utc(seenBefore)), atMost);
    }

    private static Map<String, @Nullable Object> values(String accountId, KnownDevice device) {
        var values = new HashMap<String, @Nullable Object>();
        Place place = device.place();
        values.put("accountId", accountId);
        values.put("tag", device.tag());
        values.put("seenAt", utc(device.seenAt()));
        values.put("countryCode", place == null ? null : place.countryCode());
        values.put("placeName", place == null ? null : place.name());
        values.put("latitude", place == null ? null : place.latitude());
        values.put("longitude", place == null ? null : place.longitude());
        return values;
    }

    private static @Nullable Place place(ResultSet row) throws SQLException {
        String countryCode = row.getString("country_code");
        return countryCode == null
                ? null
                : new Place(
                        countryCode,
                        row.getString("place_name"),
                        row.getDouble("latitude"),
                        row.getDouble("longitude"));
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return row.getObject("seen_at", OffsetDateTime.class).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
