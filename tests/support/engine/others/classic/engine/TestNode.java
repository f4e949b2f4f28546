package engine;

import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * TestNode PORT DIR [KEY=VALUE ...]: one node of the engine on the class path (Elasticsearch 7, OpenSearch 2 or 3) on
 * 127.0.0.1, stopped by SIGTERM. By reflection, because the engines differ in package names and in one constructor only.
 */
public final class TestNode {
    private static final String BASE = has("org.opensearch.node.Node") ? "org.opensearch." : "org.elasticsearch.";

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out; // the engine turns System.out into a logger
        Path config = Harness.config(args);
        Class<?> log = cls("common.logging.LogConfigurator");
        Class<?> settingsClass = cls("common.settings.Settings");
        Object builder = settingsClass.getMethod("builder").invoke(null);
        builder.getClass().getMethod("loadFromMap", Map.class).invoke(builder, Harness.settings(args));
        Object settings = builder.getClass().getMethod("build").invoke(builder);
        Supplier<String> name = () -> "n1";
        Object env = cls("node.InternalSettingsPreparer")
            .getMethod("prepareEnvironment", settingsClass, Map.class, Path.class, Supplier.class)
            .invoke(null, settings, Map.of(), config, name);
        Harness.writeLogging(config, BASE);
        log.getMethod("setNodeName", String.class).invoke(null, "n1");
        log.getMethod("registerErrorListener").invoke(null);
        log.getMethod("configure", env.getClass()).invoke(null, env);
        List<Class<?>> plugins = new ArrayList<>(); // those on the class path; Elastic's and OpenSearch's names
        for (String plugin : List.of("transport.Netty4Plugin", "transport.Netty4ModulePlugin", "index.reindex.ReindexPlugin", "reindex.ReindexPlugin",
            "index.reindex.ReindexModulePlugin", "painless.PainlessPlugin", "painless.PainlessModulePlugin",
            "ingest.common.IngestCommonPlugin", "ingest.common.IngestCommonModulePlugin")) {
            if (has(BASE + plugin)) {
                plugins.add(cls(plugin));
            }
        }
        Object node = construct(env, plugins);
        Harness.run(out, () -> {
            try {
                node.getClass().getMethod("start").invoke(node);
            } catch (InvocationTargetException e) {
                e.printStackTrace();
                Runtime.getRuntime().halt(1);
            }
            return "127.0.0.1:" + args[0];
        }, () -> node.getClass().getMethod("close").invoke(node));
    }

    private static Object construct(Object env, List<Class<?>> plugins) throws Exception {
        for (Constructor<?> c : cls("node.Node").getDeclaredConstructors()) {
            if (c.getParameterCount() == 3) { // (environment, plugins of the class path, forbid private index settings)
                c.setAccessible(true);
                boolean infos = c.getGenericParameterTypes()[1].getTypeName().contains("PluginInfo");
                List<Object> listed = new ArrayList<>();
                for (Class<?> plugin : plugins) {
                    listed.add(infos ? info(plugin) : plugin);
                }
                return c.newInstance(env, listed, true);
            }
        }
        throw new NoSuchMethodException("a constructor of Node with plugins of the class path");
    }

    /** OpenSearch names a plugin of the class path by a PluginInfo (since 3.0). */
    private static Object info(Class<?> plugin) throws Exception {
        Class<?> version = cls("Version");
        Object now = version.getField("CURRENT").get(null);
        return cls("plugins.PluginInfo")
            .getConstructor(String.class, String.class, String.class, version, String.class, String.class, String.class, List.class, boolean.class)
            .newInstance(plugin.getName(), "class path plugin", "NA", now, "17", plugin.getName(), null, List.of(), false);
    }

    private static Class<?> cls(String name) throws ClassNotFoundException {
        return Class.forName(BASE + name);
    }

    private static boolean has(String name) {
        return TestNode.class.getClassLoader().getResource(name.replace('.', '/') + ".class") != null;
    }
}
