// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.core.validate;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record type taken apart: its components by name, how to make one and how to read one. Immutable. */
final class RecordShape {

    /** One component, in the record's order. */
    record Component(int index, String name, AnnotatedType type, boolean nullable, Method accessor) {}

    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return new RecordShape(type);
        }
    };

    private final Class<?> type;
    private final Map<String, Component> components = new LinkedHashMap<>();
    private final Constructor<?> constructor;

    private RecordShape(Class<?> type) {
        this.type = type;
        var parameters = new ArrayList<Class<?>>();
        try {
            for (RecordComponent component : type.getRecordComponents()) {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true);
                AnnotatedType annotated = component.getAnnotatedType();
                components.put(
                        component.getName(),
                        new Component(
                                parameters.size(), component.getName(), annotated, isNullable(annotated), accessor));
                parameters.add(component.getType());
            }
            constructor = type.getDeclaredConstructor(parameters.toArray(Class<?>[]::new));
            constructor.setAccessible(true);
        } catch (InaccessibleObjectException closed) {
            throw new IllegalStateException(
                    "cannot see into " + type.getName()
                            + ": make it public in an exported package, or open its package "
                            + "to dev.mobilebackend.core",
                    closed);
        } catch (NoSuchMethodException impossible) {
            throw new AssertionError("every record has a canonical constructor", impossible);
        }
    }

    static RecordShape of(Class<?> record) {
        return SHAPES.get(record);
    }

    /** In type-use position, where JSpecify's annotation stands. */
    static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    List<Component> components() {
        return List.copyOf(components.values());
    }

    @Nullable
    Component component(String name) {
        return components.get(name);
    }

    String names() {
        return String.join(", ", components.keySet());
    }

    /** A new record of these values; what its constructor throws is thrown on. */
    Object make(@Nullable Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            throw unchecked(refused, "constructor");
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(type.getName() + " does not take its own components", impossible);
        }
    }

    @Nullable
    Object value(Component component, Object record) {
        try {
            return component.accessor().invoke(record);
        } catch (InvocationTargetException failed) {
            throw unchecked(failed, component.name());
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(type.getName() + " does not give its own components", impossible);
        }
    }

    private RuntimeException unchecked(InvocationTargetException failed, String where) {
        Throwable cause = failed.getCause();
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException thrown
                ? thrown
                : new IllegalStateException(type.getName() + " failed in its " + where, cause);
    }
}
