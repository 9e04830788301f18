#!/usr/bin/env python3
"""Write an organization of N member accounts for the benches.

usage: bench/organization.py N FOLDER [--passwords-only]

The mix: every member has a root password; a third have access keys (every
other of these two), half an MFA device, a tenth a signing certificate.
"""
import pathlib
import sys


def main() -> None:
    n = int(sys.argv[1])
    folder = pathlib.Path(sys.argv[2])
    mixed = "--passwords-only" not in sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "rootout.yaml").write_text('organization: bench\nmanagement: "100000000000"\n')
    accounts = ["- account:", "    name: management", '    id: "100000000000"',
                "    email: management@example.com", "- unit: Members", "  accounts:"]
    real = ["trusted-access: [iam.amazonaws.com]",
            "root-features: [RootCredentialsManagement, RootSessions]", "accounts:"]
    keys_left = round(n / 3)
    for i in range(n):
        name = f"member-{i:04d}"
        accounts += [f"    - name: {name}", f'      id: "{200000000000 + i}"',
                     f"      email: {name}@example.com"]
        root = ["password: true"]
        # Spread evenly: account i is one of the n*k/d that have it.
        if mixed and i * keys_left // n != (i + 1) * keys_left // n:
            number = i * keys_left // n
            root.append("keys: [{}]" if number % 2 else "keys: [{}, {}]")
        if mixed and i % 2 == 0:
            root.append("mfa: [virtual]")
        if mixed and i % 10 == 3:
            root.append("certificates: [{}]")
        real += [f"  {name}:", "    root: {" + ", ".join(root) + "}"]
    (folder / "accounts.yaml").write_text("\n".join(accounts) + "\n")
    (folder / "sandbox.yaml").write_text("\n".join(real) + "\n")


if __name__ == "__main__":
    main()
