// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** What {@link MobileBackendTest} stands for: the {@link MobileBackend} that it describes. */
public final class AnnotatedBackend implements BeforeAllCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(AnnotatedBackend.class);

    /** Called by JUnit. */
    public AnnotatedBackend() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        MobileBackendTest described = AnnotationSupport.findAnnotation(
                        context.getRequiredTestClass(), MobileBackendTest.class)
                .orElse(null);
        if (described != null) {
            var backend = MobileBackend.on(
                    () -> TestDatabase.of(described.database()), ReflectionSupport.newInstance(described.value()));
            context.getStore(NAMESPACE).put(MobileBackend.class, backend);
            backend.beforeAll(context);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return backend(context).supportsParameter(parameter, context);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return backend(context).resolveParameter(parameter, context);
    }

    /** The one of the test class, or of the class it is nested in. */
    private static MobileBackend backend(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(MobileBackend.class, MobileBackend.class);
    }
}
