package org.elasticsearch.node;

import java.util.List;

import org.apache.lucene.util.Version;
import org.elasticsearch.Build;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.xcontent.XContentBuilder;

/** GET / and HEAD / of Elasticsearch 8 and 9: the module that answers them (rest-root) is not on Maven Central. */
final class RootHandler extends BaseRestHandler {
    private final ClusterService cluster;

    RootHandler(ClusterService cluster) {
        this.cluster = cluster;
    }

    @Override
    public String getName() {
        return "root";
    }

    @Override
    public List<Route> routes() {
        return List.of(new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
    }

    @Override
    protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
        return channel -> {
            XContentBuilder b = channel.newBuilder().prettyPrint().startObject();
            b.field("name", cluster.getNodeName()).field("cluster_name", cluster.getClusterName().value());
            b.field("cluster_uuid", cluster.state().metadata().clusterUUID());
            Build v = Build.current();
            b.startObject("version").field("number", v.qualifiedVersion()).field("build_flavor", v.flavor())
                .field("build_type", v.type().displayName()).field("build_hash", v.hash()).field("build_date", v.date())
                .field("build_snapshot", v.isSnapshot()).field("lucene_version", Version.LATEST.toString())
                .field("minimum_wire_compatibility_version", v.minWireCompatVersion())
                .field("minimum_index_compatibility_version", v.minIndexCompatVersion()).endObject();
            b.field("tagline", "You Know, for Search").endObject();
            channel.sendResponse(new RestResponse(RestStatus.OK, b));
        };
    }
}
