"""boto3 drives an S3 endpoint through versioning, Object Lock and what they touch, and checks the exact answers.

The endpoint and the keys of an account's root user come from the environment, as for every AWS tool: AWS_ENDPOINT_URL,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION. Arguments name the cases to run; without any, all run.
Each check names its clause (`VER-...`, `LOCK-...`, and EVAL, SIG or PRE for what the two areas need around them).
"""

import sys

# The folder is part of a source tree, which a test leaves as it was.
sys.dont_write_bytecode = True

import around_cases  # noqa: E402,F401
import lock_cases  # noqa: E402,F401
import versioning_cases  # noqa: E402,F401
from expect import CASES, run  # noqa: E402

if __name__ == "__main__":
    wanted = sys.argv[1:]
    unknown = set(wanted) - {function.__name__ for function in CASES}
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}")
    sys.exit(run([function for function in CASES if not wanted or function.__name__ in wanted]))
