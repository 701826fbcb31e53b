// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * JSON Schemas (draft 2020-12) of what {@link JsonBody} reads and writes: each record is defined once, by name, and
 * referred to. A record that is read somewhere takes no properties but its own, as the reader does. Used by one thread.
 *
 * <pre>{@code
 * var schemas = new JsonSchema("#/components/schemas/");
 * Map<String, Object> reference = schemas.read(PlaceOrder.class);
 * Map<String, Object> definitions = schemas.definitions();
 * }</pre>
 */
public final class JsonSchema {

    private static final Map<Class<?>, Map<String, Object>> SCALARS = Map.ofEntries(
            Map.entry(String.class, schema("string")),
            Map.entry(char[].class, schema("string", "format", "password")),
            Map.entry(boolean.class, schema("boolean")),
            Map.entry(Boolean.class, schema("boolean")),
            Map.entry(int.class, schema("integer", "format", "int32")),
            Map.entry(Integer.class, schema("integer", "format", "int32")),
            Map.entry(long.class, schema("integer", "format", "int64")),
            Map.entry(Long.class, schema("integer", "format", "int64")),
            Map.entry(double.class, schema("number", "format", "double")),
            Map.entry(Double.class, schema("number", "format", "double")),
            Map.entry(Instant.class, schema("string", "format", "date-time")),
            Map.entry(LocalDate.class, schema("string", "format", "date")),
            Map.entry(Duration.class, schema("string", "format", "duration")),
            Map.entry(UUID.class, schema("string", "format", "uuid")));

    private final String prefix;
    private final Map<String, Object> definitions = new TreeMap<>();
    private final Map<String, String> namesTaken = new HashMap<>();
    private final Set<String> read = new HashSet<>();

    /** No schema yet; references are this text and a name. */
    public JsonSchema(String prefix) {
        this.prefix = prefix;
    }

    /** Every record that was referred to, by name. */
    public Map<String, Object> definitions() {
        return definitions;
    }

    /** The schema of a record that is read. */
    public Map<String, Object> read(Class<? extends Record> record) {
        return record(record, List.of(), true);
    }

    /** The schema of what is written: a record and what its type parameters stand for. */
    public Map<String, Object> written(Class<?> type, List<Class<?>> arguments) {
        return type.isRecord() ? record(type, arguments, false) : scalar(type);
    }

    /** The schema of a value by itself, such as a query parameter: not of a record. */
    public static Map<String, Object> scalar(Class<?> type) {
        if (type.isEnum()) {
            Map<String, Object> constants = schema("string");
            constants.put(
                    "enum",
                    Arrays.stream(type.getEnumConstants())
                            .map(constant -> ((Enum<?>) constant).name())
                            .toList());
            return constants;
        }
        Map<String, Object> known = SCALARS.get(type);
        if (known == null) {
            throw unknown(type);
        }
        return new LinkedHashMap<>(known);
    }

    private Map<String, Object> record(Class<?> type, List<Class<?>> arguments, boolean isRead) {
        String name = name(type, arguments);
        String identity = type.getName() + arguments;
        String before = namesTaken.putIfAbsent(name, identity);
        if (before != null && !before.equals(identity)) {
            throw new IllegalArgumentException(
                    "two records would be called " + name + ": " + before + " and " + identity + "; rename one");
        }
        boolean isNew = before == null;
        boolean becomesRead = isRead && read.add(name);
        if (isNew || becomesRead) {
            // Before its components, which may refer back to it.
            var schema = new LinkedHashMap<String, Object>();
            definitions.put(name, schema);
            describe(schema, type, arguments, read.contains(name));
        }
        return reference(name);
    }

    private void describe(Map<String, Object> schema, Class<?> type, List<Class<?>> arguments, boolean isRead) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (RecordShape.Component component : RecordShape.of(type).components()) {
            properties.put(component.name(), schemaOf(component.type(), bound(type, arguments), isRead));
            if (!component.nullable() && !isPatch(component.type().getType())) {
                required.add(component.name());
            }
        }
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        if (isRead) {
            schema.put("additionalProperties", false);
        }
    }

    private static Map<TypeVariable<?>, Class<?>> bound(Class<?> type, List<Class<?>> arguments) {
        TypeVariable<?>[] variables = type.getTypeParameters();
        if (variables.length != arguments.size()) {
            throw new IllegalArgumentException(type.getName() + " has " + variables.length
                    + " type parameters, but stands for " + arguments.size() + " types here");
        }
        var bound = new HashMap<TypeVariable<?>, Class<?>>();
        for (int i = 0; i < variables.length; i++) {
            bound.put(variables[i], arguments.get(i));
        }
        return bound;
    }

    private Map<String, Object> schemaOf(
            AnnotatedType annotated, Map<TypeVariable<?>, Class<?>> bound, boolean isRead) {
        Map<String, Object> schema = schemaOfValue(annotated, bound, isRead);
        return RecordShape.isNullable(annotated) || isPatch(annotated.getType()) ? orNull(schema) : schema;
    }

    private Map<String, Object> schemaOfValue(
            AnnotatedType annotated, Map<TypeVariable<?>, Class<?>> bound, boolean isRead) {
        Type type = annotated.getType();
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() instanceof Class<?> raw) {
            AnnotatedType[] arguments = ((AnnotatedParameterizedType) annotated).getAnnotatedActualTypeArguments();
            if (raw == List.class) {
                Map<String, Object> list = schema("array");
                list.put("items", schemaOf(arguments[0], bound, isRead));
                return list;
            }
            if (raw == Map.class && !isRead) {
                Map<String, Object> map = schema("object");
                map.put("additionalProperties", schemaOf(arguments[1], bound, false));
                return map;
            }
            if (raw == Patch.class) {
                return schemaOfValue(arguments[0], bound, isRead);
            }
            if (raw.isRecord()) {
                List<Class<?>> stoodFor = Arrays.stream(arguments)
                        .<Class<?>>map(argument -> classOf(argument.getType(), bound))
                        .toList();
                return record(raw, stoodFor, isRead);
            }
            throw unknown(type);
        }
        Class<?> plain = classOf(type, bound);
        return plain.isRecord() ? record(plain, List.of(), isRead) : scalar(plain);
    }

    private static Class<?> classOf(Type type, Map<TypeVariable<?>, Class<?>> bound) {
        Class<?> plain = type instanceof Class<?> itself ? itself : bound.get(type);
        if (plain == null) {
            throw unknown(type);
        }
        return plain;
    }

    private static boolean isPatch(Type type) {
        return type instanceof ParameterizedType parameterized && parameterized.getRawType() == Patch.class;
    }

    private static Map<String, Object> orNull(Map<String, Object> schema) {
        var nullable = new LinkedHashMap<>(schema);
        if (schema.get("enum") instanceof List<?> constants) {
            var withNull = new ArrayList<Object>(constants);
            withNull.add(null);
            nullable.put("enum", withNull);
        }
        if (schema.get("type") instanceof String type) {
            nullable.put("type", List.of(type, "null"));
            return nullable;
        }
        var either = new LinkedHashMap<String, Object>();
        either.put("anyOf", List.of(schema, schema("null")));
        return either;
    }

    private Map<String, Object> reference(String name) {
        var reference = new LinkedHashMap<String, Object>();
        reference.put("$ref", prefix + name);
        return reference;
    }

    /** {@code Order}, {@code ProfileView} for a record within Profile, {@code OrderPage} for a page of orders. */
    private static String name(Class<?> type, List<Class<?>> arguments) {
        String own = type.getEnclosingClass() == null
                ? type.getSimpleName()
                : type.getEnclosingClass().getSimpleName() + type.getSimpleName();
        return arguments.stream().map(argument -> name(argument, List.of())).collect(Collectors.joining()) + own;
    }

    private static Map<String, Object> schema(String type, String... more) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", type);
        for (int i = 0; i < more.length; i += 2) {
            schema.put(more[i], more[i + 1]);
        }
        return schema;
    }

    private static IllegalArgumentException unknown(Type type) {
        return new IllegalArgumentException(
                "there is no JSON for a " + type.getTypeName() + ": see JsonBody for the types that it can be");
    }
}
