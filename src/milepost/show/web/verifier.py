"""placeholder"""
from django.http import Http404
def status_list(request, list_id): raise Http404
keys = licence = verify = status_list
