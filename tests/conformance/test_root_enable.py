"""`root enable`: shown first, then done, then read back; and what a delegate may do then."""

import json

STEPS = ["trustedAccess", "RootCredentialsManagement", "RootSessions", "delegatedAdministrator"]
OFF = {"trusted-access": [], "root-features": []}


def steps(done, what):
    return {step["what"]: step[what] for step in done.json["steps"]}


def changes(sb):
    return [e["eventName"] for e in sb.events if not e["readOnly"]]


def test_shown_then_done_then_nothing_to_do(sandbox, organization, rootout):
    sb = sandbox(organization(3, reality=OFF))
    args = ["root", "enable", "--delegate", "member-001", "--output", "json"]
    done = rootout(*args, "--dry-run", sandbox=sb)
    assert done.returncode == 1, done
    assert steps(done, "on") == dict.fromkeys(STEPS, False)
    assert done.json["accounts"][0]["state"] == "incomplete"
    assert changes(sb) == []
    # nobody can be asked
    done = rootout(*args, sandbox=sb)
    assert done.returncode == 3 and "--yes" in done.stderr, done
    assert changes(sb) == []
    done = rootout(*args, "--yes", "--reason", "campaign", sandbox=sb)
    assert done.returncode == 0, done
    assert steps(done, "on") == steps(done, "changed") == dict.fromkeys(STEPS, True)
    assert done.json["accounts"][0]["state"] == "enabled"
    assert changes(sb) == ["EnableAWSServiceAccess", "EnableOrganizationsRootCredentialsManagement",
                           "EnableOrganizationsRootSessions", "RegisterDelegatedAdministrator"]
    # idempotent
    done = rootout(*args, "--yes", sandbox=sb)
    assert done.returncode == 0 and "nothing to do" in done.stderr, done
    assert steps(done, "on") == dict.fromkeys(STEPS, True)
    assert steps(done, "changed") == dict.fromkeys(STEPS, False)
    assert len(changes(sb)) == 4
    # it is so, says boto3
    iam, orgs = sb.client("iam"), sb.client("organizations")
    assert sorted(iam.list_organizations_features()["EnabledFeatures"]) == [
        "RootCredentialsManagement", "RootSessions"]
    assert [a["Id"] for a in orgs.list_delegated_administrators(
        ServicePrincipal="iam.amazonaws.com")["DelegatedAdministrators"]] == ["100000000001"]
    # and every step is in the ledger
    entries = rootout("root", "ledger", "--kind", "enable", "--output", "json").json["entries"]
    assert len(entries) == 4 and all(e["reason"] == "campaign" for e in entries)
    assert all(e["who"].endswith("user/sandbox/administrator") for e in entries)
    assert all(e["detail"]["requestId"] for e in entries)


def test_table(sandbox, organization, rootout):
    sb = sandbox(organization(1, reality={"trusted-access": ["iam.amazonaws.com"],
                                          "root-features": ["RootSessions"]}))
    done = rootout("root", "enable", "--yes", sandbox=sb)
    assert done.returncode == 0, done
    lines = {line.rsplit("  ", 1)[0].strip(): line.rsplit("  ", 1)[1].strip()
             for line in done.stdout.splitlines()[1:]}
    assert lines["trusted access for iam.amazonaws.com"] == "on already"
    assert "to be turned on" in lines.values() and list(lines.values()).count("on already") == 2
    assert "done, and read back" in done.stderr
    assert changes(sb) == ["EnableOrganizationsRootCredentialsManagement"]


def test_one_feature_only(sandbox, organization, rootout):
    sb = sandbox(organization(1, reality=OFF))
    assert rootout("root", "enable", "--sessions", "--yes", sandbox=sb).returncode == 0
    assert sb.client("iam").list_organizations_features()["EnabledFeatures"] == ["RootSessions"]


def test_the_files_say_it(sandbox, stores, rootout):
    """examples/stores: both features, and security as the delegate."""
    sb = sandbox(stores)
    assert rootout("root", "enable", "--yes", sandbox=sb, cwd=stores).returncode == 0
    delegates = sb.client("organizations").list_delegated_administrators()
    assert [a["Name"] for a in delegates["DelegatedAdministrators"]] == ["security"]
    # another delegate is told, and left alone
    done = rootout("root", "enable", "--delegate", "pos-staging", "--yes", sandbox=sb, cwd=stores)
    assert done.returncode == 0, done
    assert "also registered as delegated administrator: 210000000002" in done.stderr


def test_who_may_not(sandbox, organization, rootout):
    sb = sandbox(organization(2, reality=OFF))
    done = rootout("root", "enable", "--yes", sandbox=sb, profile="member-001")
    assert done.returncode == 3, done
    assert "only the management account 100000000000 may enable" in done.stderr
    assert "account 100000000001" in done.stderr
    done = rootout("root", "enable", "--delegate", "nobody", "--yes", sandbox=sb)
    assert done.returncode == 2 and "no account 'nobody' in organization" in done.stderr
    done = rootout("root", "enable", "--delegate", "999999999999", "--yes", sandbox=sb)
    assert done.returncode == 2 and "no account '999999999999'" in done.stderr, done
    done = rootout("root", "enable", "--delegate", "main", "--yes", sandbox=sb)
    assert done.returncode == 2 and "'main' is the management account" in done.stderr, done
    # before anything was turned on
    assert rootout("root", "enable", "--dry-run", sandbox=sb).stdout.count("to be turned on") == 3


def test_no_organization(sandbox, rootout):
    sb = sandbox(None, "--empty", "--account", "123456789012")
    for args in (["root", "enable", "--yes"], ["root", "inventory"], ["root", "preflight"],
                 ["root", "retire", "--all", "--yes"]):
        done = rootout(*args, sandbox=sb)
        assert done.returncode == 2, done
        assert "AWSOrganizationsNotInUseException" in done.stderr, done


def test_an_organization_without_all_features(rootout, aws_server):
    server = aws_server({"DescribeOrganization": {"Organization": {
        "Id": "o-abcdefghij", "MasterAccountId": "100000000000",
        "FeatureSet": "CONSOLIDATED_BILLING"}}})
    done = rootout("root", "enable", "--yes", env=server.env)
    assert done.returncode == 3, done
    assert "centralized root access needs all features" in done.stderr


def test_asked_for_and_reads_back_as_off(rootout, aws_server):
    """An answer OK is not the proof: what does not read back is an error."""
    server = aws_server({
        "DescribeOrganization": {"Organization": {"Id": "o-abcdefghij",
                                                  "MasterAccountId": "100000000000",
                                                  "FeatureSet": "ALL"}},
        "ListAWSServiceAccessForOrganization": {"EnabledServicePrincipals": []},
        "ListDelegatedAdministrators": {"DelegatedAdministrators": []},
        "EnableAWSServiceAccess": {},
        "EnableOrganizationsRootCredentialsManagement": (200, {"Content-Type": "text/xml"},
            "<EnableOrganizationsRootCredentialsManagementResponse>"
            "<EnableOrganizationsRootCredentialsManagementResult/>"
            "</EnableOrganizationsRootCredentialsManagementResponse>"),
    })
    done = rootout("root", "enable", "--credentials", "--yes", env=server.env)
    assert done.returncode == 2, done
    assert "trusted access for iam.amazonaws.com was asked for, and reads back as off" in done.stderr


def test_a_delegate_reads_and_retires(sandbox, organization, rootout):
    """The delegated administrator may do everything but enable, and not to the management account."""
    members = {"security": {"root": {}}, "one": {"root": {"password": True}}, "two": {"root": {}}}
    sb = sandbox(organization(members))
    refused = rootout("root", "inventory", "--output", "json", sandbox=sb, profile="security")
    assert refused.returncode == 2, refused  # it may not even list accounts
    assert rootout("root", "enable", "--delegate", "security", "--yes", sandbox=sb).returncode == 0
    done = rootout("root", "inventory", "--output", "json", sandbox=sb, profile="security")
    assert done.returncode == 1, done
    assert done.states == {"main": "management", "security": "rootless", "one": "credentials",
                           "two": "rootless"}
    done = rootout("root", "preflight", "--output", "json", sandbox=sb, profile="security")
    assert done.returncode in (0, 1), done
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb,
                   profile="security")
    assert done.returncode == 0, done
    assert done.states == {"main": "management", "security": "rootless", "one": "retired",
                           "two": "rootless"}
    assert not sb.root_users["one"]
    entries = rootout("root", "ledger", "--kind", "retired", "--output", "json").json["entries"]
    assert "::100000000001:" in entries[0]["who"]
    done = rootout("root", "enable", "--yes", sandbox=sb, profile="security")
    assert done.returncode == 3, json.dumps(done.stderr)
