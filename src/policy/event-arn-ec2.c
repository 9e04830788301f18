/*
 * The ARN of what EC2's parameters name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */

#include "policy/event-private.h"

/* What an id begins with tells what it is of. */
static const struct {
	const char *begin, *type;
	enum event_place place;
} ec2_ids[] = {
	{"i-", "instance/", PLACE_FULL},
	{"vol-", "volume/", PLACE_FULL},
	{"sg-", "security-group/", PLACE_FULL},
	{"subnet-", "subnet/", PLACE_FULL},
	{"vpc-", "vpc/", PLACE_FULL},
	{"eni-", "network-interface/", PLACE_FULL},
	{"snap-", "snapshot/", PLACE_REGION},
	{"ami-", "image/", PLACE_REGION},
	{"rtb-", "route-table/", PLACE_FULL},
	{"igw-", "internet-gateway/", PLACE_FULL},
	{"nat-", "natgateway/", PLACE_FULL},
	{"acl-", "network-acl/", PLACE_FULL},
	{"eipalloc-", "elastic-ip/", PLACE_FULL},
	{"lt-", "launch-template/", PLACE_FULL},
	{"vpce-svc-", "vpc-endpoint-service/", PLACE_FULL},
	{"vpce-", "vpc-endpoint/", PLACE_FULL},
	{"fl-", "vpc-flow-log/", PLACE_FULL},
	{"pcx-", "vpc-peering-connection/", PLACE_FULL},
	{"dopt-", "dhcp-options/", PLACE_FULL},
	{"tgw-attach-", "transit-gateway-attachment/", PLACE_FULL},
	{"tgw-rtb-", "transit-gateway-route-table/", PLACE_FULL},
	{"tgw-", "transit-gateway/", PLACE_FULL},
	{"vgw-", "vpn-gateway/", PLACE_FULL},
	{"vpn-", "vpn-connection/", PLACE_FULL},
	{"cgw-", "customer-gateway/", PLACE_FULL},
};

/* The parameter that has the one resource (or the first) of an action. */
static const struct {
	const char *word, *param;
} ec2_params[] = {
	{"RouteTable", "routeTableId"},
	{"Route", "routeTableId"},
	{"SecurityGroup", "groupId"},
	{"NetworkInterface", "networkInterfaceId"},
	{"NetworkAcl", "networkAclId"},
	{"InternetGateway", "internetGatewayId"},
	{"NatGateway", "natGatewayId"},
	{"Instance", "instanceId"},
	{"ConsoleOutput", "instanceId"},
	{"ConsoleScreenshot", "instanceId"},
	{"PasswordData", "instanceId"},
	{"Volume", "volumeId"},
	{"Snapshot", "snapshotId"},
	{"Image", "imageId"},
	{"Subnet", "subnetId"},
	{"VpcEndpoint", "vpcEndpointId"},
	{"VpcPeeringConnection", "vpcPeeringConnectionId"},
	{"Vpc", "vpcId"},
	{"Address", "allocationId"},
	{"LaunchTemplate", "launchTemplateId"},
};

static struct str ec2_of_id(const struct event_reading *r, struct str id)
{
	for (size_t i = 0; i < ARRAY_SIZE(ec2_ids); i++) {
		if (str_startsz(id, ec2_ids[i].begin))
			return event_arn(r, STR("ec2"), ec2_ids[i].place, ec2_ids[i].type, id);
	}
	return STR_NULL;
}

static struct str first_item(const struct event_reading *r, const char *set, const char *id)
{
	return event_text(val_get(val_at(val_path(r->params, set, "items", NULL), 0), id));
}

/* Actions on two resources, which one request cannot say, or on none. */
static bool is_about_one(const struct event_reading *r)
{
	static const char *const words[] = {"tach",    "ssociat",          "Propagation", "Bundle",
					    "Confirm", "CidrReservations", "Rules",       "Payer"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (event_acts_on(r, words[i]))
			return false;
	}
	return !str_startsz(r->action, "Copy") && !str_startsz(r->action, "Export") &&
	       !str_startsz(r->action, "Accept");
}

/* Of the Describe actions only these know resources. */
static bool describes_one(const struct event_reading *r)
{
	return str_endsz(r->action, "Attribute") && !event_acts_on(r, "NetworkInterface");
}

/* What is being made has no id yet: denials name "instance/" and "volume/" with a star. */
struct str event_ec2_resource(struct event_reading *r)
{
	struct str a = r->action, id;

	if (str_startsz(a, "Describe") && !describes_one(r))
		return STR_NULL;
	if (EVENT_IS(a, "RunInstances"))
		return event_arn(r, STR("ec2"), PLACE_FULL, "instance/", STR("*"));
	if (EVENT_IS(a, "CreateVolume"))
		return event_arn(r, STR("ec2"), PLACE_FULL, "volume/", STR("*"));
	if (EVENT_IS(a, "CreateTags") || EVENT_IS(a, "DeleteTags"))
		return ec2_of_id(r, first_item(r, "resourcesSet", "resourceId"));
	id = first_item(r, "instancesSet", "instanceId");
	if (id.n && str_endsz(a, "Instances"))
		return ec2_of_id(r, id);
	if ((str_startsz(a, "Create") && !EVENT_IS(a, "CreateRoute")) || !is_about_one(r))
		return STR_NULL;
	for (size_t i = 0; i < ARRAY_SIZE(ec2_params); i++) {
		id = event_acts_on(r, ec2_params[i].word) ? event_param(r, ec2_params[i].param)
							  : STR_NULL;
		if (id.n)
			return ec2_of_id(r, id);
	}
	return STR_NULL;
}
