

# The protocol: a line of JSON asks, a line of JSON answers, arrays are .npy files.
# `compute(request, arrays)` above gives the result; everything else is here.


class Refused(Exception):
    """This input is not taken."""


def reply_to(request):
    """Computes, writes the result, and says how it went."""
    try:
        if request["dialect"] not in DIALECTS:
            raise Refused("this adapter takes --dialect " + " or ".join(DIALECTS))
        arrays = {name: np.load(request[name]) for name in "xwbg" if request[name]}
        np.save(request["y"], compute(request, arrays))
    except (Refused, *REFUSALS) as error:
        return {"ok": False, "refused": True, "error": str(error)}
    except Exception as error:
        return {"ok": False, "refused": False, "error": repr(error)}
    return {"ok": True}


def main():
    # What libraries print must not come between the answers: it goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"id": request["id"], **reply_to(request)}), file=answers, flush=True)


if __name__ == "__main__":
    main()
