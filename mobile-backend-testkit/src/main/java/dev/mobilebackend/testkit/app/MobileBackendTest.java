// SPDX-License-Identifier: Apache-2.0
package dev.mobilebackend.testkit.app;

import dev.mobilebackend.core.data.Dialect;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs an application for a test class, on an empty database, and gives its tests what {@link MobileBackend} gives. May
 * stand on an annotation of your own.
 *
 * <pre>{@code
 * @MobileBackendTest(ShopUnderTest.class)
 * class CatalogueTest {
 *
 *     @Test
 *     void showsProductsToEverybody(MobileClient phone) {
 *         assertEquals(200, phone.get("/v1/products").status());
 *     }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@ExtendWith(AnnotatedBackend.class)
public @interface MobileBackendTest {

    /** How the application is started; made by its constructor without parameters. */
    Class<? extends BackendApp> value();

    /** What its database is. */
    Dialect database() default Dialect.POSTGRESQL;
}
